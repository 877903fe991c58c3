"""Copies of other services' facts, each in its newest version."""

from shared.contracts.intake import (
    ApplicationReceived,
    ApplicationsClosed,
    ApplicationWithdrawn,
    HostRegistered,
    ProjectSubmitted,
    ProjectWithdrawn,
    RoundScheduled,
    StudentRegistered,
)
from shared.contracts.matching import PlacementConfirmed, PlacesLeft, RankingReceived
from shared.contracts.screening import ProjectApproved
from shared.database.connection import Connection
from shared.database.copies import keep_newest


async def keep_round(connection: Connection, event: RoundScheduled) -> None:
    await keep_newest(
        connection,
        "rounds",
        key="round_id",
        round_id=event.round_id,
        version=event.round_version,
        name=event.name,
        submissions_open_at=event.submissions_open_at,
        submissions_close_at=event.submissions_close_at,
        opens_at=event.opens_at,
        closes_at=event.closes_at,
        rankings_due_at=event.rankings_due_at,
        offers_at=event.offers_at,
        reply_within_days=event.reply_within_days,
        last_day=max(week.ends_on for week in event.weeks),
    )


async def close_round(connection: Connection, event: ApplicationsClosed) -> None:
    await connection.execute("update rounds set closed_at = $2 where round_id = $1", event.round_id, event.closed_at)


async def keep_host(connection: Connection, event: HostRegistered) -> bool:
    """Keep a copy; false if the same or a newer version is there."""
    return await keep_newest(
        connection,
        "hosts",
        key="host_id",
        host_id=event.host_id,
        version=event.host_version,
        organisation=event.organisation,
        city=event.city,
        contact_name=event.contact_name,
        contact_email=event.contact_email,
    )


async def keep_student(connection: Connection, event: StudentRegistered) -> bool:
    """Keep a copy; false if the same or a newer version is there."""
    return await keep_newest(
        connection,
        "students",
        key="student_id",
        student_id=event.student_id,
        version=event.student_version,
        name=event.name,
        email=event.email,
        level=event.level,
        year=event.year,
        discipline=event.discipline,
    )


async def keep_project(connection: Connection, event: ProjectSubmitted) -> None:
    await keep_newest(
        connection,
        "projects",
        key="project_id",
        project_id=event.project_id,
        version=event.revision,
        round_id=event.round_id,
        host_id=event.host_id,
        title=event.title,
        mode=event.mode,
        supervisor_name=event.supervisor_name,
        places=event.places,
        starts_on=event.starts_on,
        days=event.days,
    )


async def approve_project(connection: Connection, event: ProjectApproved) -> None:
    await connection.execute("update projects set approved = true where project_id = $1", event.project_id)


async def withdraw_project(connection: Connection, event: ProjectWithdrawn) -> None:
    await connection.execute("update projects set withdrawn = true where project_id = $1", event.project_id)


async def keep_application(connection: Connection, event: ApplicationReceived) -> None:
    await connection.execute(
        """
        insert into applications (application_id, round_id, student_id, project_id) values ($1, $2, $3, $4)
        on conflict (application_id) do nothing
        """,
        event.application_id,
        event.round_id,
        event.student_id,
        event.project_id,
    )


async def withdraw_application(connection: Connection, event: ApplicationWithdrawn) -> None:
    await connection.execute("update applications set withdrawn = true where application_id = $1", event.application_id)


async def place_application(connection: Connection, event: PlacementConfirmed) -> None:
    await connection.execute("update applications set placed = true where application_id = $1", event.application_id)


async def keep_ranking(connection: Connection, event: RankingReceived) -> None:
    await connection.execute(
        "insert into rankings (project_id, round_id) values ($1, $2) on conflict do nothing",
        event.project_id,
        event.round_id,
    )


async def keep_places_left(connection: Connection, event: PlacesLeft) -> None:
    await connection.execute(
        """
        insert into places_left (project_id, places) select * from unnest($1::text[], $2::integer[])
        on conflict (project_id) do update set places = greatest(places_left.places, excluded.places)
        """,
        [left.project_id for left in event.projects],
        [left.places for left in event.projects],
    )
