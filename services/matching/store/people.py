"""Copies of hosts and students; each keeps the highest version."""

from collections.abc import Collection

from services.matching.rules.people import Host, Student
from shared.contracts.intake import HostRegistered, StudentRegistered
from shared.database.connection import Connection


async def keep_host(connection: Connection, event: HostRegistered) -> None:
    await connection.execute(
        """
        insert into hosts (host_id, version, organisation, sector, city, contact_name)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (host_id) do update set
            version = excluded.version, organisation = excluded.organisation, sector = excluded.sector,
            city = excluded.city, contact_name = excluded.contact_name
        where hosts.version < excluded.version
        """,
        event.host_id,
        event.host_version,
        event.organisation,
        event.sector,
        event.city,
        event.contact_name,
    )


async def keep_student(connection: Connection, event: StudentRegistered) -> None:
    await connection.execute(
        """
        insert into students (student_id, version, name, level, year, discipline, division, domicile)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (student_id) do update set
            version = excluded.version, name = excluded.name, level = excluded.level, year = excluded.year,
            discipline = excluded.discipline, division = excluded.division, domicile = excluded.domicile
        where students.version < excluded.version
        """,
        event.student_id,
        event.student_version,
        event.name,
        event.level,
        event.year,
        event.discipline,
        event.division,
        event.domicile,
    )


async def hosts(connection: Connection, host_ids: Collection[str]) -> dict[str, Host]:
    """Those of them that are known."""
    rows = await connection.fetch(
        "select host_id, organisation, sector, city, contact_name from hosts where host_id = any($1)", list(host_ids)
    )
    return {row["host_id"]: Host(**row) for row in rows}


async def students(connection: Connection, student_ids: Collection[str]) -> dict[str, Student]:
    """Those of them that are known."""
    rows = await connection.fetch(
        """
        select student_id, name, level, year, discipline, division, domicile
        from students where student_id = any($1)
        """,
        list(student_ids),
    )
    return {row["student_id"]: Student(**row) for row in rows}
