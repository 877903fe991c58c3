"""Copies of approved projects, which of them were withdrawn, and how many places they have free."""

from collections.abc import Collection
from datetime import datetime

from services.matching.rules.life import HOLDS_A_PLACE
from services.matching.rules.rankings import Project
from shared.contracts.rounds import first_round
from shared.contracts.screening import ProjectApproved
from shared.database.connection import Connection


async def keep(connection: Connection, event: ProjectApproved) -> bool:
    """Keep the newest revision; false where this one is not newer than what is known."""
    kept = await connection.fetchval(
        """
        insert into projects (project_id, revision, round_id, host_id, title, places, starts_on, ends_on)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (project_id) do update set
            revision = excluded.revision, round_id = excluded.round_id, host_id = excluded.host_id,
            title = excluded.title, places = excluded.places,
            starts_on = excluded.starts_on, ends_on = excluded.ends_on
        where projects.revision < excluded.revision
        returning true
        """,
        event.project_id,
        event.revision,
        event.round_id,
        event.host_id,
        event.title,
        event.places,
        event.starts_on,
        event.ends_on,
    )
    return bool(kept)


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


async def places(connection: Connection, round_id: str) -> dict[str, int]:
    """The places of a round that nobody holds, by project; the projects of a second round are its first's."""
    rows = await connection.fetch("select project_id from projects where round_id = $1", first_round(round_id))
    return await free_places(connection, [row["project_id"] for row in rows])


async def free_places(connection: Connection, project_ids: Collection[str]) -> dict[str, int]:
    """How many places these projects have left; one that was withdrawn is absent."""
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
