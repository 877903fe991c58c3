"""Applications, and what is known of who applies."""

from services.intake.rules.applications import Applicant, Application, ApplicationState, Known
from services.intake.rules.documents import Document
from shared.contracts.submissions import ApplicationForm
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
    """The applications of all that is given, in the order of their ids."""
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


async def statement(connection: Connection, application_id: str) -> str:
    text: str = await connection.fetchval(
        "select statement from applications where application_id = $1", application_id
    )
    return text


async def known_of(connection: Connection, form: ApplicationForm, round_id: str | None) -> Known:
    """What is known of the student in that round, of the CV, and of the application's id."""
    row = await connection.fetchrow(
        """
        select
            students.student_id is not null as student_known,
            students.visa_weekly_hours,
            (select count(*) from applications where student_id = $1 and round_id = $2) as applications,
            documents.document_id, documents.source, contents.digest, contents.size, contents.pages,
            exists (select from applications where cv = $3 and student_id <> $1) as used_by_another,
            exists (select from applications where application_id = $4) as id_used
        from (select) as always_one_row
            left join students on student_id = $1
            left join documents on document_id = $3
            left join contents on contents.digest = documents.digest
        """,
        form.student_id,
        round_id,
        form.cv,
        form.application_id,
    )
    assert row is not None  # noqa: S101 - it is always one row
    applicant = Applicant(row["visa_weekly_hours"], row["applications"]) if row["student_known"] else None
    document = Document(**row) if row["document_id"] else None
    return Known(applicant, document, row["used_by_another"], row["id_used"])


async def add(connection: Connection, application: Application, statement: str) -> None:
    await connection.execute(
        """
        insert into applications
            (application_id, round_id, student_id, project_id, host_id, preference, statement, cv, state,
             sent_at, received_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
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
    )


async def set_state(connection: Connection, application_id: str, state: ApplicationState) -> None:
    await connection.execute("update applications set state = $2 where application_id = $1", application_id, state)


async def received(connection: Connection, round_id: str) -> int:
    """How many applications the round has received, those withdrawn since included."""
    count: int = await connection.fetchval("select count(*) from applications where round_id = $1", round_id)
    return count


async def standing_for(connection: Connection, project_id: str) -> int:
    """How many applications for a project have not been withdrawn."""
    count: int = await connection.fetchval(
        "select count(*) from applications where project_id = $1 and state = 'received'", project_id
    )
    return count
