"""Copies of hosts and students; each keeps the newest version."""

from collections.abc import Collection

from services.matching.rules.people import Host, Student
from shared.contracts.intake import HostRegistered, StudentRegistered
from shared.database.connection import Connection
from shared.database.copies import keep_newest


async def keep_host(connection: Connection, event: HostRegistered) -> None:
    await keep_newest(
        connection,
        "hosts",
        key="host_id",
        host_id=event.host_id,
        version=event.host_version,
        organisation=event.organisation,
        sector=event.sector,
        city=event.city,
        contact_name=event.contact_name,
    )


async def keep_student(connection: Connection, event: StudentRegistered) -> None:
    await keep_newest(
        connection,
        "students",
        key="student_id",
        student_id=event.student_id,
        version=event.student_version,
        name=event.name,
        level=event.level,
        year=event.year,
        discipline=event.discipline,
        division=event.division,
        domicile=event.domicile,
    )


async def hosts(connection: Connection, host_ids: Collection[str]) -> dict[str, Host]:
    """Those of these hosts that are known, by id."""
    rows = await connection.fetch(
        "select host_id, organisation, sector, city, contact_name from hosts where host_id = any($1)", list(host_ids)
    )
    return {row["host_id"]: Host(**row) for row in rows}


async def students(connection: Connection, student_ids: Collection[str]) -> dict[str, Student]:
    """Those of these students who are known, by id."""
    rows = await connection.fetch(
        """
        select student_id, name, level, year, discipline, division, domicile
        from students where student_id = any($1)
        """,
        list(student_ids),
    )
    return {row["student_id"]: Student(**row) for row in rows}
