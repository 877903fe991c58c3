"""Copies of other services' facts; each keeps the highest version."""

from shared.contracts.intake import HostRegistered, ProjectSubmitted, RoundScheduled, StudentRegistered
from shared.database.connection import Connection


async def keep_round(connection: Connection, event: RoundScheduled) -> None:
    await connection.execute(
        """
        insert into rounds (round_id, version, name) values ($1, $2, $3)
        on conflict (round_id) do update set version = excluded.version, name = excluded.name
        where rounds.version < excluded.version
        """,
        event.round_id,
        event.round_version,
        event.name,
    )


async def keep_host(connection: Connection, event: HostRegistered) -> None:
    await connection.execute(
        """
        insert into hosts (host_id, version, organisation, sector, size, alumni, country)
        values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (host_id) do update set
            version = excluded.version, organisation = excluded.organisation, sector = excluded.sector,
            size = excluded.size, alumni = excluded.alumni, country = excluded.country
        where hosts.version < excluded.version
        """,
        event.host_id,
        event.host_version,
        event.organisation,
        event.sector,
        event.size,
        event.alumni,
        event.country,
    )


async def keep_student(connection: Connection, event: StudentRegistered) -> None:
    await connection.execute(
        """
        insert into students (student_id, version, discipline, division, level, domicile)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (student_id) do update set
            version = excluded.version, discipline = excluded.discipline, division = excluded.division,
            level = excluded.level, domicile = excluded.domicile
        where students.version < excluded.version
        """,
        event.student_id,
        event.student_version,
        event.discipline,
        event.division,
        event.level,
        event.domicile,
    )


async def keep_project(connection: Connection, event: ProjectSubmitted) -> None:
    await connection.execute(
        """
        insert into projects (project_id, version, title, category) values ($1, $2, $3, $4)
        on conflict (project_id) do update set
            version = excluded.version, title = excluded.title, category = excluded.category
        where projects.version < excluded.version
        """,
        event.project_id,
        event.revision,
        event.title,
        event.category,
    )
