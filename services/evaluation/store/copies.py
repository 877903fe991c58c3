"""Copies of other services' facts; each keeps the highest version."""

from shared.contracts.intake import HostRegistered, ProjectSubmitted, RoundScheduled, StudentRegistered
from shared.database.connection import Connection
from shared.database.copies import keep_newest


async def keep_round(connection: Connection, event: RoundScheduled) -> None:
    await keep_newest(
        connection, "rounds", key="round_id", round_id=event.round_id, version=event.round_version, name=event.name
    )


async def keep_host(connection: Connection, event: HostRegistered) -> None:
    await keep_newest(
        connection,
        "hosts",
        key="host_id",
        host_id=event.host_id,
        version=event.host_version,
        organisation=event.organisation,
        sector=event.sector,
        size=event.size,
        alumni=event.alumni,
        country=event.country,
    )


async def keep_student(connection: Connection, event: StudentRegistered) -> None:
    await keep_newest(
        connection,
        "students",
        key="student_id",
        student_id=event.student_id,
        version=event.student_version,
        discipline=event.discipline,
        division=event.division,
        level=event.level,
        domicile=event.domicile,
    )


async def keep_project(connection: Connection, event: ProjectSubmitted) -> None:
    await keep_newest(
        connection,
        "projects",
        key="project_id",
        project_id=event.project_id,
        version=event.revision,
        title=event.title,
        category=event.category,
    )
