"""Copies of other services' facts: each keeps the highest version."""

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


async def keep_round(connection: Connection, event: RoundScheduled) -> None:
    await connection.execute(
        """
        insert into rounds (
            round_id, version, name, submissions_open_at, submissions_close_at, opens_at, closes_at, rankings_due_at,
            offers_at, reply_within_days, last_day
        )
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        on conflict (round_id) do update set
            version = excluded.version, name = excluded.name,
            submissions_open_at = excluded.submissions_open_at, submissions_close_at = excluded.submissions_close_at,
            opens_at = excluded.opens_at, closes_at = excluded.closes_at, rankings_due_at = excluded.rankings_due_at,
            offers_at = excluded.offers_at, reply_within_days = excluded.reply_within_days, last_day = excluded.last_day
        where rounds.version < excluded.version
        """,
        event.round_id,
        event.round_version,
        event.name,
        event.submissions_open_at,
        event.submissions_close_at,
        event.opens_at,
        event.closes_at,
        event.rankings_due_at,
        event.offers_at,
        event.reply_within_days,
        max(week.ends_on for week in event.weeks),
    )


async def close_round(connection: Connection, event: ApplicationsClosed) -> None:
    await connection.execute("update rounds set closed_at = $2 where round_id = $1", event.round_id, event.closed_at)


async def keep_host(connection: Connection, event: HostRegistered) -> bool:
    """Keep it; returns whether it has another address than before."""
    moved = await connection.fetchval(
        """
        with before as (select contact_email from hosts where host_id = $1)
        insert into hosts (host_id, version, organisation, city, contact_name, contact_email)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (host_id) do update set
            version = excluded.version, organisation = excluded.organisation, city = excluded.city,
            contact_name = excluded.contact_name, contact_email = excluded.contact_email
        where hosts.version < excluded.version
        returning (select lower(contact_email) <> lower($6) from before)
        """,
        event.host_id,
        event.host_version,
        event.organisation,
        event.city,
        event.contact_name,
        event.contact_email,
    )
    return bool(moved)


async def keep_student(connection: Connection, event: StudentRegistered) -> bool:
    """Keep it; returns whether it has another address than before."""
    moved = await connection.fetchval(
        """
        with before as (select email from students where student_id = $1)
        insert into students (student_id, version, name, email, level, year, discipline)
        values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (student_id) do update set
            version = excluded.version, name = excluded.name, email = excluded.email, level = excluded.level,
            year = excluded.year, discipline = excluded.discipline
        where students.version < excluded.version
        returning (select lower(email) <> lower($4) from before)
        """,
        event.student_id,
        event.student_version,
        event.name,
        event.email,
        event.level,
        event.year,
        event.discipline,
    )
    return bool(moved)


async def keep_project(connection: Connection, event: ProjectSubmitted) -> None:
    await connection.execute(
        """
        insert into projects (
            project_id, version, round_id, host_id, title, mode, supervisor_name, places, starts_on, days
        )
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        on conflict (project_id) do update set
            version = excluded.version, title = excluded.title, mode = excluded.mode,
            supervisor_name = excluded.supervisor_name, places = excluded.places, starts_on = excluded.starts_on,
            days = excluded.days
        where projects.version < excluded.version
        """,
        event.project_id,
        event.revision,
        event.round_id,
        event.host_id,
        event.title,
        event.mode,
        event.supervisor_name,
        event.places,
        event.starts_on,
        event.days,
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
