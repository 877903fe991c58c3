"""Queries of the copies of other services' facts."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from services.notifications.rules.known import Applicants, Application, Host, Project, Round, Student, Window
from services.notifications.rules.mails import Recipient
from services.notifications.rules.refusals import Concerned
from shared.contracts.intake import SubmissionRefused
from shared.database.connection import Connection

if TYPE_CHECKING:
    from asyncpg import Record


async def round_(connection: Connection, round_id: str) -> Round | None:
    row = await connection.fetchrow("select *, name as round_name from rounds where round_id = $1", round_id)
    return _round(row) if row else None


async def rounds(connection: Connection) -> list[Round]:
    return [_round(row) for row in await connection.fetch("select *, name as round_name from rounds")]


async def project(connection: Connection, project_id: str) -> Project | None:
    """The project with its host and its own round; `None` until all three are known."""
    row = await connection.fetchrow("select * from known_projects where project_id = $1 and not in_second", project_id)
    return _project(row) if row else None


async def projects_in(connection: Connection, round_id: str, project_ids: Sequence[str]) -> list[Project]:
    """Those of the projects that are known and take part in a round, with their hosts."""
    rows = await connection.fetch(
        "select * from known_projects where round_id = $1 and project_id = any($2)", round_id, project_ids
    )
    return [_project(row) for row in rows]


async def application(connection: Connection, application_id: str) -> Application | None:
    """The application with its student and its project; `None` until all are known."""
    row = await connection.fetchrow("select * from known_applications where application_id = $1", application_id)
    return _application(row) if row else None


async def count_applications(connection: Connection, round_id: str) -> int:
    """How many applications were received for the round, with those withdrawn since."""
    counted: int = await connection.fetchval("select count(*) from applications where round_id = $1", round_id)
    return counted


async def applicants(connection: Connection, round_id: str) -> list[Applicants]:
    """The applicants of each project of the round that is approved, not withdrawn, and has places."""
    projects = await connection.fetch(
        "select * from known_projects where round_id = $1 and approved and not withdrawn and places > 0", round_id
    )
    rows = await connection.fetch(
        "select * from known_applications where round_id = $1 and not application_withdrawn", round_id
    )
    applied: dict[str, list[Application]] = {}
    for row in rows:
        applied.setdefault(row["project_id"], []).append(_application(row))
    return [Applicants(_project(row), tuple(applied.get(row["project_id"], ()))) for row in projects]


async def remember_reminder(connection: Connection, round_: Round) -> None:
    await connection.execute(
        "update rounds set reminded_of = $2 where round_id = $1", round_.round_id, round_.rankings_due_at
    )


async def concerned(connection: Connection, event: SubmissionRefused) -> Concerned:
    """The host and the student whom a refused submission concerns.

    They are named in it or, for a withdrawal, they are those of the project or application that it names.
    """
    row = await connection.fetchrow(
        """
        with named as (
            select
                coalesce($1::text, (select host_id from projects where project_id = $3)) as host_id,
                coalesce($2::text, (select student_id from applications where application_id = $4)) as student_id
        )
        select
            (select host_id from hosts join named using (host_id)) as host_id,
            (select student_id from students join named using (student_id)) as student_id,
            (
                select title from projects, named
                where project_id = $3 and (named.student_id is not null or projects.host_id = named.host_id)
            ) as title
        """,
        event.host_id,
        event.student_id,
        event.project_id,
        event.application_id,
    )
    host_id, student_id, title = row or (None, None, None)
    return Concerned(
        host=Recipient("host", host_id) if host_id else None,
        student=Recipient("student", student_id) if student_id else None,
        title=title,
        rounds=tuple(await rounds(connection)),
    )


def _round(row: "Record") -> Round:
    return Round(
        round_id=row["round_id"],
        name=row["round_name"],
        submissions_open_at=row["submissions_open_at"],
        submissions_close_at=row["submissions_close_at"],
        opens_at=row["opens_at"],
        closes_at=row["closes_at"],
        rankings_due_at=row["rankings_due_at"],
        offers_at=row["offers_at"],
        reply_within_days=row["reply_within_days"],
        last_day=row["last_day"],
        closed_at=row["closed_at"],
        reminded_of=row["reminded_of"],
        second=_second(row),
    )


def _second(row: "Record") -> Window | None:
    if row.get("second_name") is None:
        return None
    return Window(row["second_name"], row["second_opens_at"], row["second_closes_at"])


def _project(row: "Record") -> Project:
    return Project(
        project_id=row["project_id"],
        title=row["title"],
        mode=row["mode"],
        supervisor_name=row["supervisor_name"],
        places=row["places"],
        starts_on=row["starts_on"],
        days=row["days"],
        ranked=row["ranked"],
        host=Host(row["host_id"], row["organisation"], row["city"], row["contact_name"], row["contact_email"]),
        round=_round(row),
    )


def _application(row: "Record") -> Application:
    return Application(
        application_id=row["application_id"],
        student=Student(
            student_id=row["student_id"],
            name=row["student_name"],
            email=row["student_email"],
            level=row["level"],
            year=row["year"],
            discipline=row["discipline"],
        ),
        project=_project(row),
        placed=row["placed"],
    )
