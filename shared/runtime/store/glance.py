"""A service at a glance, for staff."""

from datetime import datetime, timedelta
from typing import Any

from shared.database.connection import Connection


async def counts(connection: Connection, *, programme_now: datetime, system_now: datetime) -> dict[str, Any]:
    """How many messages wait, are due, have failed and were handled lately, and the oldest and next of them."""
    row = await connection.fetchrow(
        """
        select (select count(*) from unsent) as unsent,
               (select min(published_at) from outbox join unsent using (id, slot)) as oldest_unsent,
               (select count(*) from waiting where due_at is not null) as timers,
               (select min(due_at) from waiting where due_at is not null) as next_timer,
               (select count(*) from waiting where due_at <= $1) as timers_due,
               (select count(*) from waiting where retry_at is not null) as retries,
               (select count(*) from failures where state = 'waiting') as failures,
               (select count(*) from inbox where handled_at > $2) as handled_last_minute
        """,
        programme_now,
        system_now - timedelta(minutes=1),
    )
    return dict(row) if row else {}


async def anything_due(connection: Connection, *, programme_now: datetime) -> bool:
    """Whether anything is to be sent, any timer is due, or any retry waits, whenever that retry is due."""
    return bool(
        await connection.fetchval(
            """
            select exists (select from unsent)
                or exists (select from waiting where due_at <= $1)
                or exists (select from waiting where retry_at is not null)
            """,
            programme_now,
        )
    )
