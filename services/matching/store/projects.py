"""Copies of approved projects and their templates, withdrawn projects, and how many places are free."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from services.matching.rules.life import HOLDS_A_PLACE, STANDS, Days
from services.matching.rules.projects import Named, ProjectInFull
from services.matching.rules.rankings import Project
from shared.contracts.intake import ProjectSubmitted
from shared.contracts.rounds import first_round
from shared.contracts.screening import ProjectApproved
from shared.contracts.submissions import ProjectTemplate
from shared.database.connection import Connection
from shared.database.copies import keep_newest

if TYPE_CHECKING:
    from asyncpg import Record


async def keep(connection: Connection, event: ProjectApproved) -> bool:
    """Keep the newest revision; returns false if this one is not newer than the known one."""
    return await keep_newest(
        connection,
        "projects",
        key="project_id",
        by="revision",
        project_id=event.project_id,
        revision=event.revision,
        round_id=event.round_id,
        host_id=event.host_id,
        title=event.title,
        places=event.places,
        starts_on=event.starts_on,
        ends_on=event.ends_on,
    )


async def keep_template(connection: Connection, event: ProjectSubmitted) -> None:
    """Keep the template of the newest revision, approved or not."""
    await keep_newest(
        connection,
        "templates",
        key="project_id",
        by="revision",
        project_id=event.project_id,
        revision=event.revision,
        template=event.model_dump(mode="json", include=set(ProjectTemplate.model_fields)),
    )


async def keep_withdrawal(connection: Connection, project_id: str, withdrawn_at: datetime) -> None:
    await connection.execute(
        "insert into withdrawn_projects (project_id, withdrawn_at) values ($1, $2) on conflict do nothing",
        project_id,
        withdrawn_at,
    )


async def find(connection: Connection, project_id: str) -> Project | None:
    """The project, in the round in which it takes part now."""
    row = await connection.fetchrow(
        """
        select
            project_id, current_rounds.round_id, host_id, title, places,
            exists (select from withdrawn_projects where project_id = $1) as withdrawn
        from projects join current_rounds using (project_id) where project_id = $1
        """,
        project_id,
    )
    return Project(**row) if row else None


async def in_full(connection: Connection, project_ids: Collection[str]) -> dict[str, ProjectInFull]:
    """Those of these projects that were approved, even if withdrawn since, by id."""
    rows = await connection.fetch(f"{_IN_FULL} where project_id = any($2)", HOLDS_A_PLACE, list(project_ids))
    return {row["project_id"]: _in_full(row) for row in rows}


async def of_host(connection: Connection, host_id: str) -> list[ProjectInFull]:
    """A host's approved projects, even if withdrawn since, in the order of their first days."""
    rows = await connection.fetch(
        f"{_IN_FULL} where host_id = $2 order by starts_on, project_id", HOLDS_A_PLACE, host_id
    )
    return [_in_full(row) for row in rows]


# Nobody can apply in the second round for a project whose places are all taken: it stays in its first round.
_IN_FULL = """
    select
        project_id, host_id, title, places, starts_on, ends_on, template, withdrawn_at is not null as withdrawn,
        case
            when exists (
                select from applications
                where applications.project_id = projects.project_id
                  and applications.round_id = current_rounds.round_id
            ) or places > (
                select count(*) from applications
                where applications.project_id = projects.project_id and applications.state = any($1)
            )
            then current_rounds.round_id
            else projects.round_id
        end as round_id
    from projects
    join current_rounds using (project_id)
    left join templates using (project_id)
    left join withdrawn_projects using (project_id)
"""


async def names(connection: Connection, project_ids: Collection[str]) -> dict[str, Named]:
    """The names of those of these projects that were approved; for a host that is not known here, its id."""
    rows = await connection.fetch(
        """
        select project_id, title, coalesce(organisation, host_id) as organisation
        from projects left join hosts using (host_id)
        where project_id = any($1)
        """,
        list(project_ids),
    )
    return {row["project_id"]: Named(row["title"], row["organisation"]) for row in rows}


async def unranked(connection: Connection, round_id: str) -> dict[str, int]:
    """The projects without a ranking in the round, with how many applications to each stand."""
    rows = await connection.fetch(
        """
        select project_id, count(*) as applications
        from applications
        where round_id = $1
          and state = any($2)
          and not exists (
              select from rankings
              where rankings.project_id = applications.project_id and rankings.round_id = $1
          )
          and not exists (select from withdrawn_projects where withdrawn_projects.project_id = applications.project_id)
        group by project_id
        order by project_id
        """,
        round_id,
        STANDS,
    )
    return {row["project_id"]: row["applications"] for row in rows}


async def places(connection: Connection, round_id: str) -> dict[str, int]:
    """The free places of a round, by project; a second round has the projects of its first."""
    rows = await connection.fetch("select project_id from projects where round_id = $1", first_round(round_id))
    return await free_places(connection, [row["project_id"] for row in rows])


async def free_places(connection: Connection, project_ids: Collection[str]) -> dict[str, int]:
    """How many places these projects have free, by id; withdrawn projects are absent."""
    rows = await connection.fetch(
        """
        select
            project_id,
            greatest(0, places - (
                select count(*) from applications
                where applications.project_id = projects.project_id and applications.state = any($2)
            )) as free
        from projects
        where project_id = any($1)
          and not exists (select from withdrawn_projects where withdrawn_projects.project_id = projects.project_id)
        """,
        list(project_ids),
        HOLDS_A_PLACE,
    )
    return {row["project_id"]: row["free"] for row in rows}


def _in_full(row: "Record") -> ProjectInFull:
    return ProjectInFull(
        project_id=row["project_id"],
        round_id=row["round_id"],
        host_id=row["host_id"],
        title=row["title"],
        places=row["places"],
        withdrawn=row["withdrawn"],
        days=Days(row["starts_on"], row["ends_on"]),
        template=ProjectTemplate.model_validate(row["template"]) if row["template"] else None,
    )
