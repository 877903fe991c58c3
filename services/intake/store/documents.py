"""Documents, and what was read in their contents."""

from datetime import datetime
from uuid import UUID

from asyncpg import Record

from services.intake.rules.documents import Content, Document, DocumentInUse, EarlierCV, Use
from services.intake.rules.rounds import ends_at
from shared.contracts.intake import RoundCalendar
from shared.database.connection import Connection


async def find(connection: Connection, document_id: UUID) -> Document | None:
    row = await connection.fetchrow(
        """
        select document_id, source, digest, size, pages, read_at is not null as is_read
        from documents join contents using (digest) where document_id = $1
        """,
        document_id,
    )
    return Document(**row) if row else None


async def find_in_use(connection: Connection, document_id: UUID) -> DocumentInUse | None:
    """A document with its student and every application that names it."""
    row = await connection.fetchrow(
        """
        select document_id, source, student_id, digest, size, pages, read_at is not null as is_read
        from documents join contents using (digest) where document_id = $1
        """,
        document_id,
    )
    if row is None:
        return None
    uses = await connection.fetch(
        """
        select student_id, students.facts->>'name' as student_name, applications.host_id,
            hosts.facts->>'organisation' as organisation, calendar,
            applications.state = 'received' and projects.state = 'approved' as stands
        from applications join projects using (project_id) join students using (student_id)
            join hosts on hosts.host_id = applications.host_id join rounds on rounds.round_id = applications.round_id
        where cv = $1 order by applications.received_at
        """,
        document_id,
    )
    return DocumentInUse(Document(**row), row["student_id"], tuple(_use(use) for use in uses))


async def cvs_of_student(connection: Connection, student_id: str, *, most: int) -> list[EarlierCV]:
    """A student's latest documents that may be used as a CV or are still to be read, the newest first.

    Of documents with equal bytes only the newest is among them.
    """
    rows = await connection.fetch(
        """
        select * from (
            select distinct on (digest) document_id, received_at, size
            from documents join contents using (digest)
            where (pages = 1 or read_at is null) and (
                student_id = $1
                or document_id in (select cv from applications where applications.student_id = $1)
            )
            order by digest, received_at desc
        ) as different order by received_at desc limit $2
        """,
        student_id,
        most,
    )
    return [EarlierCV(**row) for row in rows]


def _use(row: Record) -> Use:
    return Use(
        student_id=row["student_id"],
        student_name=row["student_name"],
        host_id=row["host_id"],
        organisation=row["organisation"],
        stands=row["stands"],
        round_ends_at=ends_at(RoundCalendar(**row["calendar"])),
    )


async def add(
    connection: Connection,
    document_id: UUID,
    content: Content,
    *,
    source: str,
    at: datetime,
    student_id: str | None = None,
) -> Document:
    """Add a document; returns it with what is known of its content, which may have been read before.

    `student_id` is the student who sent it from our pages; `None` if a system sent it.
    """
    row = await connection.fetchrow(
        """
        with kept as (
            insert into contents (digest, size) values ($2, $3) on conflict (digest) do nothing
        ), sent as (
            insert into documents (document_id, digest, source, student_id, received_at) values ($1, $2, $4, $5, $6)
        )
        select pages, read_at is not null as is_read from contents where digest = $2
        """,
        document_id,
        content.digest,
        content.size,
        source,
        student_id,
        at,
    )
    known = content.model_copy(update=dict(row) if row else {})
    return Document(document_id=document_id, source=source, **dict(known))


async def keep_reading(connection: Connection, digest: str, pages: int | None, *, at: datetime) -> None:
    """Keep what was read in content; `pages` is `None` if it is not a PDF that can be read."""
    await connection.execute(
        "update contents set pages = $2, read_at = $3 where digest = $1 and read_at is null", digest, pages, at
    )
