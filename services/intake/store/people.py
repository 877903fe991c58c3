"""Hosts and students, as the systems that own their data sent them."""

from services.intake.rules.people import Known
from shared.contracts.submissions import HostFacts, StudentFacts
from shared.database.connection import Connection


async def find_host(connection: Connection, host_id: str) -> Known[HostFacts] | None:
    row = await connection.fetchrow("select version, facts, recorded_at from hosts where host_id = $1", host_id)
    return Known(row["version"], HostFacts(**row["facts"]), row["recorded_at"]) if row else None


async def keep_host(connection: Connection, host_id: str, host: Known[HostFacts]) -> None:
    await connection.execute(
        """
        insert into hosts (host_id, version, facts, recorded_at) values ($1, $2, $3, $4)
        on conflict (host_id) do update set
            version = excluded.version, facts = excluded.facts, recorded_at = excluded.recorded_at
        """,
        host_id,
        host.version,
        host.facts.model_dump(mode="json"),
        host.recorded_at,
    )


async def host_exists(connection: Connection, host_id: str) -> bool:
    return bool(await connection.fetchval("select exists (select from hosts where host_id = $1)", host_id))


async def find_student(connection: Connection, student_id: str) -> Known[StudentFacts] | None:
    row = await connection.fetchrow(
        "select version, facts, recorded_at from students where student_id = $1", student_id
    )
    return Known(row["version"], StudentFacts(**row["facts"]), row["recorded_at"]) if row else None


async def keep_student(
    connection: Connection, student_id: str, student: Known[StudentFacts], visa_weekly_hours: float | None
) -> None:
    await connection.execute(
        """
        insert into students (student_id, version, facts, recorded_at, visa_weekly_hours) values ($1, $2, $3, $4, $5)
        on conflict (student_id) do update set
            version = excluded.version, facts = excluded.facts, recorded_at = excluded.recorded_at,
            visa_weekly_hours = excluded.visa_weekly_hours
        """,
        student_id,
        student.version,
        student.facts.model_dump(mode="json"),
        student.recorded_at,
        visa_weekly_hours,
    )


async def student_exists(connection: Connection, student_id: str) -> bool:
    return bool(await connection.fetchval("select exists (select from students where student_id = $1)", student_id))
