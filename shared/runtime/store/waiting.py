"""The table `waiting`: messages to be sent later, timers by the programme's clock and retries by the system's."""

from collections.abc import Sequence
from datetime import datetime

from shared.database.connection import Connection
from shared.runtime.outgoing import Outgoing
from shared.runtime.store.outbox import LEFT_BEHIND_AFTER, message_columns


async def add(connection: Connection, outgoing: Sequence[Outgoing], *, published_at: datetime) -> None:
    """Add timers and retries."""
    await connection.execute(
        """
        insert into waiting
            (published_at, id, identity, exchange, routing_key, headers, body, mandatory, due_at, retry_at)
        select $1, * from unnest(
            $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::jsonb[], $7::bytea[], $8::boolean[],
            $9::timestamptz[], $10::timestamptz[]
        )
        """,
        published_at,
        *message_columns(outgoing),
        [row.due_at for row in outgoing],
        [row.retry_at for row in outgoing],
    )


async def release(
    connection: Connection, *, programme_now: datetime, now: datetime, slot: int, limit: int
) -> list[Outgoing]:
    """Move the rows that are due into the outbox, and return them in the order of their times, to be sent at once."""
    rows = await connection.fetch(
        """
        with released as (
            delete from waiting
            where id in (
                select id from waiting
                where id in (
                    (select id from waiting where due_at <= $1 order by due_at limit $5)
                    union all
                    (select id from waiting where retry_at <= $2 order by retry_at limit $5)
                )
                limit $5
                for update skip locked
            )
            returning *
        ),
        published as (
            insert into outbox (slot, published_at, id, identity, exchange, routing_key, headers, body, mandatory)
            select $4, $2, id, identity, exchange, routing_key, headers, body, mandatory from released
        ),
        unsent as (
            insert into unsent (id, slot, look_at) select id, $4, $3 from released
        )
        select id, identity, exchange, routing_key, headers, body, mandatory
        from released
        order by due_at, published_at, id
        """,
        programme_now,
        now,
        now + LEFT_BEHIND_AFTER,
        slot,
        limit,
    )
    return [Outgoing(**row) for row in rows]


async def next_due(connection: Connection) -> tuple[datetime | None, datetime | None]:
    """When the next timer (programme's time) and the next retry (system's time) are due."""
    row = await connection.fetchrow("select min(due_at) as timer, min(retry_at) as retry from waiting")
    return (row["timer"], row["retry"]) if row else (None, None)
