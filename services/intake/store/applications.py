"""Applications, and what is known of the students who apply."""

from collections.abc import Sequence

from asyncpg import Record

from services.intake.rules.applications import Applicant, Application, ApplicationState, Known
from services.intake.rules.documents import Document
from services.intake.rules.projects import last_day
from services.intake.rules.prospects import Made, Reading
from services.intake.store.rounds import round_of
from shared.contracts.faults import Fault
from shared.contracts.rounds import both_rounds
from shared.contracts.submissions import ApplicationForm, ProjectTemplate, StudentFacts
from shared.database.connection import Connection


async def find(connection: Connection, application_id: str) -> Application | None:
    row = await connection.fetchrow(
        """
        select application_id, round_id, student_id, project_id, host_id, preference, cv, state, sent_at, received_at
        from applications where application_id = $1
        """,
        application_id,
    )
    return Application(**row) if row else None


async def listed(
    connection: Connection,
    *,
    round_id: str | None = None,
    student_id: str | None = None,
    state: ApplicationState | None = None,
) -> list[Application]:
    """The applications that match everything given, in the order of their ids."""
    rows = await connection.fetch(
        """
        select application_id, round_id, student_id, project_id, host_id, preference, cv, state, sent_at, received_at
        from applications
        where ($1::text is null or round_id = $1)
          and ($2::text is null or student_id = $2)
          and ($3::text is null or state = $3)
        order by application_id
        """,
        round_id,
        student_id,
        state,
    )
    return [Application(**row) for row in rows]


async def in_check(connection: Connection, application_id: str) -> Application | None:
    """The application, if it is still to be decided."""
    application = await find(connection, application_id)
    return application if application and application.state is ApplicationState.CHECKING else None


async def end_check(connection: Connection, application_id: str) -> ApplicationForm | None:
    """Delete an application that is still to be decided; returns its form, to be received or refused."""
    row = await connection.fetchrow(
        """
        delete from applications where application_id = $1 and state = 'checking'
        returning application_id, student_id, project_id, preference, statement, cv
        """,
        application_id,
    )
    return ApplicationForm(**row) if row else None


async def before_in_check(connection: Connection, application: Application) -> int:
    """How many applications will be checked before this one."""
    count: int = await connection.fetchval(
        "select count(*) from applications where state = 'checking' and (received_at, application_id) < ($1, $2)",
        application.received_at,
        application.application_id,
    )
    return count


async def any_in_check(connection: Connection, round_id: str) -> bool:
    return bool(
        await connection.fetchval(
            "select exists (select from applications where state = 'checking' and round_id = $1)", round_id
        )
    )


async def faults(connection: Connection, application_id: str) -> list[Fault]:
    """Why an application was refused."""
    found = await connection.fetchval("select faults from applications where application_id = $1", application_id)
    return [Fault(**fault) for fault in found]


async def last_refused(connection: Connection, student_id: str, project_id: str) -> tuple[int, str] | None:
    """Preference and statement of a student's last refused application for a project."""
    row = await connection.fetchrow(
        """
        select preference, statement from applications
        where student_id = $1 and project_id = $2 and state = 'refused'
        order by received_at desc limit 1
        """,
        student_id,
        project_id,
    )
    return (row["preference"], row["statement"]) if row else None


async def statement(connection: Connection, application_id: str) -> str:
    text: str = await connection.fetchval(
        "select statement from applications where application_id = $1", application_id
    )
    return text


# For the student $1 in the round $2; $3 has the ids of that round and of its first or second.
_APPLICANT = """
    students.student_id is not null as student_known,
    students.visa_weekly_hours,
    (
        select count(*) from applications where student_id = $1 and round_id = $2 and state <> 'refused'
    ) as applications,
    exists (select from applications where student_id = $1 and round_id = any($3) and holds_a_place) as holds_a_place
"""

_KNOWN_OF_APPLICANT = "select {} from (select) as always_one_row left join students on student_id = $1"

_KNOWN = """
    select
        {},
        documents.document_id, documents.source, contents.digest, contents.size, contents.pages,
        contents.read_at is not null as is_read,
        documents.student_id = $1 or exists (select from applications where cv = $4 and student_id = $1) as own,
        exists (
            select from applications where cv = $4 and student_id <> $1 and state <> 'refused'
        ) as used_by_another,
        exists (select from applications where application_id = $5) as id_used
    from (select) as always_one_row
        left join students on student_id = $1
        left join documents on document_id = $4
        left join contents on contents.digest = documents.digest
"""


async def known_of(connection: Connection, form: ApplicationForm, round_id: str | None) -> Known:
    """What is known of a form's student (in that round and its first or second), of its CV and of its id."""
    row = await connection.fetchrow(
        _KNOWN.format(_APPLICANT),
        form.student_id,
        round_id,
        _both(round_id),
        form.cv,
        form.application_id,
    )
    assert row is not None  # noqa: S101 - it is always one row
    document = Document(**row) if row["document_id"] else None
    return Known(_applicant(row), document, bool(row["own"]), row["used_by_another"], row["id_used"])


async def applicant(connection: Connection, student_id: str, round_id: str | None) -> Applicant | None:
    """What is known of a student who might apply in a round; `None` for an unknown student."""
    row = await connection.fetchrow(_KNOWN_OF_APPLICANT.format(_APPLICANT), student_id, round_id, _both(round_id))
    assert row is not None  # noqa: S101 - it is always one row
    return _applicant(row)


def _both(round_id: str | None) -> list[str]:
    return list(both_rounds(round_id)) if round_id else []


def _applicant(row: Record) -> Applicant | None:
    if not row["student_known"]:
        return None
    return Applicant(row["visa_weekly_hours"], row["applications"], row["holds_a_place"])


async def made(connection: Connection, student_id: str, round_id: str) -> list[Made]:
    """The applications of a student in a round, by preference."""
    rows = await connection.fetch(
        """
        select application_id, applications.round_id, student_id, project_id, applications.host_id, preference, cv,
            applications.state, applications.sent_at, applications.received_at, template,
            facts->>'organisation' as organisation
        from applications join projects using (project_id)
            join project_revisions using (project_id, revision) join hosts on hosts.host_id = projects.host_id
        where student_id = $1 and applications.round_id = $2
        order by preference, applications.received_at
        """,
        student_id,
        round_id,
    )
    return [_made(row) for row in rows]


async def for_host(connection: Connection, application_id: str, host_id: str) -> Reading | None:
    """An application for a project of that host, with everything that the host may read."""
    row = await connection.fetchrow(
        """
        select application_id, applications.round_id, student_id, project_id, applications.host_id, preference, cv,
            applications.state, applications.sent_at, applications.received_at, statement,
            students.facts as student, template->>'title' as title,
            applications.state = 'received' and projects.state = 'approved' as stands,
            rounds.version, rounds.calendar, rounds.applications_closed_at
        from applications join students using (student_id) join projects using (project_id)
            join project_revisions using (project_id, revision) join rounds on rounds.round_id = applications.round_id
        where application_id = $1 and applications.host_id = $2
        """,
        application_id,
        host_id,
    )
    if row is None:
        return None
    return Reading(
        application=_application(row),
        statement=row["statement"],
        student=StudentFacts(**row["student"]),
        title=row["title"],
        round_=round_of(row),
        stands=row["stands"],
    )


def _application(row: Record) -> Application:
    return Application(**{name: row[name] for name in Application.model_fields})


def _made(row: Record) -> Made:
    template = ProjectTemplate(**row["template"])
    return Made(_application(row), template.title, row["organisation"], template.starts_on, last_day(template))


async def add(connection: Connection, application: Application, statement: str, faults: Sequence[Fault] = ()) -> None:
    """Add an application; `faults` are those of a refused one."""
    await connection.execute(
        """
        insert into applications
            (application_id, round_id, student_id, project_id, host_id, preference, statement, cv, state,
             sent_at, received_at, faults)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """,
        application.application_id,
        application.round_id,
        application.student_id,
        application.project_id,
        application.host_id,
        application.preference,
        statement,
        application.cv,
        application.state,
        application.sent_at,
        application.received_at,
        [fault.model_dump() for fault in faults],
    )


async def set_state(connection: Connection, application_id: str, state: ApplicationState) -> None:
    await connection.execute("update applications set state = $2 where application_id = $1", application_id, state)


async def received(connection: Connection, round_id: str) -> int:
    """How many applications the round has received, including those withdrawn since."""
    count: int = await connection.fetchval(
        "select count(*) from applications where round_id = $1 and state in ('received', 'withdrawn')", round_id
    )
    return count


async def standing_for(connection: Connection, project_id: str) -> int:
    """How many applications for a project have not been withdrawn."""
    count: int = await connection.fetchval(
        "select count(*) from applications where project_id = $1 and state = 'received'", project_id
    )
    return count
