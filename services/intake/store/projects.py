"""Projects and their revisions."""

from datetime import datetime

from services.intake.rules.projects import ListedProject, Project, ProjectRevision, ProjectState
from shared.database.connection import Connection


async def find(connection: Connection, project_id: str) -> Project | None:
    row = await connection.fetchrow(
        """
        select project_id, round_id, host_id, revision, state, template
        from projects join project_revisions using (project_id, revision)
        where project_id = $1
        """,
        project_id,
    )
    return Project(**row) if row else None


async def listed(
    connection: Connection,
    *,
    project_id: str | None = None,
    round_id: str | None = None,
    host_id: str | None = None,
    state: ProjectState | None = None,
    sector: str | None = None,
) -> list[ListedProject]:
    """The projects that match everything given, in the order of their ids."""
    rows = await connection.fetch(
        """
        select project_id, round_id, host_id, revision, state, template,
               hosts.facts->>'organisation' as organisation, hosts.facts->>'sector' as sector
        from projects join project_revisions using (project_id, revision) join hosts using (host_id)
        where ($1::text is null or project_id = $1)
          and ($2::text is null or round_id = $2)
          and ($3::text is null or state = $3)
          and ($4::text is null or hosts.facts->>'sector' = $4)
          and ($5::text is null or host_id = $5)
        order by project_id
        """,
        project_id,
        round_id,
        state,
        sector,
        host_id,
    )
    return [ListedProject(**row) for row in rows]


async def revisions(connection: Connection, project_id: str) -> list[ProjectRevision]:
    rows = await connection.fetch(
        """
        select revision, template, sent_at, received_at
        from project_revisions where project_id = $1 order by revision
        """,
        project_id,
    )
    return [ProjectRevision(**row) for row in rows]


async def keep(connection: Connection, project: Project) -> None:
    """Keep a project as it now stands; its revisions are kept by `add_revision`."""
    await connection.execute(
        """
        insert into projects (project_id, round_id, host_id, revision, state) values ($1, $2, $3, $4, $5)
        on conflict (project_id) do update set
            round_id = excluded.round_id, revision = excluded.revision, state = excluded.state
        """,
        project.project_id,
        project.round_id,
        project.host_id,
        project.revision,
        project.state,
    )


async def add_revision(connection: Connection, project: Project, *, sent_at: datetime, received_at: datetime) -> None:
    await connection.execute(
        """
        insert into project_revisions (project_id, revision, template, sent_at, received_at)
        values ($1, $2, $3, $4, $5)
        """,
        project.project_id,
        project.revision,
        project.template.model_dump(mode="json"),
        sent_at,
        received_at,
    )
