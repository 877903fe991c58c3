"""Documents, and what was read of their contents."""

from datetime import datetime
from uuid import UUID

from services.intake.rules.documents import Content, Document
from shared.database.connection import Connection


async def find_content(connection: Connection, digest: str) -> Content | None:
    row = await connection.fetchrow("select digest, size, pages from contents where digest = $1", digest)
    return Content(**row) if row else None


async def find(connection: Connection, document_id: UUID) -> Document | None:
    row = await connection.fetchrow(
        """
        select document_id, source, digest, size, pages
        from documents join contents using (digest) where document_id = $1
        """,
        document_id,
    )
    return Document(**row) if row else None


async def add(connection: Connection, document: Document, *, at: datetime) -> None:
    """Keep a document, and what was read of its content unless that is known."""
    await connection.execute(
        """
        insert into contents (digest, size, pages, read_at) values ($1, $2, $3, $4)
        on conflict (digest) do nothing
        """,
        document.digest,
        document.size,
        document.pages,
        at,
    )
    await connection.execute(
        "insert into documents (document_id, digest, source, received_at) values ($1, $2, $3, $4)",
        document.document_id,
        document.digest,
        document.source,
        at,
    )
