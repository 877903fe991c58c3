"""The history of projects and applications."""

from asyncpg import Record

from shared.database.connection import Connection
from shared.workflow import StateT, Step


async def add(connection: Connection, subject: str, step: Step[StateT], *, revision: int | None = None) -> None:
    await connection.execute(
        """
        insert into history (subject, revision, transition, before, after, by, at, comments)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        subject,
        revision,
        step.transition,
        step.before,
        step.after,
        step.by,
        step.at,
        step.comments,
    )


async def of(connection: Connection, subject: str) -> list[Record]:
    """The steps of a subject, the oldest first."""
    return await connection.fetch(
        "select revision, transition, before, after, by, at, comments from history where subject = $1 order by id",
        subject,
    )
