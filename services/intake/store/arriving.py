"""Forms whose upload has begun and has not ended."""

from datetime import datetime
from uuid import UUID

from shared.database.connection import Connection


async def add(connection: Connection, form_id: UUID, *, began_at: datetime, waited_for_until: datetime) -> None:
    await connection.execute(
        "insert into arriving (id, began_at, waited_for_until) values ($1, $2, $3)", form_id, began_at, waited_for_until
    )


async def remove(connection: Connection, form_id: UUID) -> None:
    await connection.execute("delete from arriving where id = $1", form_id)


async def any_since_before(connection: Connection, moment: datetime, *, now: datetime) -> bool:
    """Whether any form whose upload began before a moment is still waited for; `now` is the system's time."""
    return bool(
        await connection.fetchval(
            "select exists (select from arriving where began_at < $1 and waited_for_until > $2)", moment, now
        )
    )
