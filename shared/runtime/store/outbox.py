"""The tables `outbox`, to which rows are only ever added, and `unsent`, which names those that are still to be sent."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from shared.database.connection import Connection
from shared.runtime.outgoing import Outgoing

LEFT_BEHIND_AFTER = timedelta(seconds=5)
"""How long a row that was handed to a relay in memory may take to be sent, before a sweep reads it from the table."""


def message_columns(outgoing: Sequence[Outgoing]) -> tuple[list[Any], ...]:
    """Lists for `unnest`, one of each column: id, identity, exchange, routing key, headers, body, mandatory."""
    return (
        [row.id for row in outgoing],
        [row.identity for row in outgoing],
        [row.exchange for row in outgoing],
        [row.routing_key for row in outgoing],
        [row.headers for row in outgoing],
        [row.body for row in outgoing],
        [row.mandatory for row in outgoing],
    )


async def add(connection: Connection, outgoing: Sequence[Outgoing], *, slot: int, published_at: datetime) -> None:
    """Add rows that are to be sent at once."""
    await connection.execute(
        """
        with published as (
            insert into outbox (slot, published_at, id, identity, exchange, routing_key, headers, body, mandatory)
            select $1, $2, * from unnest(
                $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::jsonb[], $9::bytea[], $10::boolean[]
            )
            returning id
        )
        insert into unsent (id, slot, look_at) select id, $1, $3 from published
        """,
        slot,
        published_at,
        published_at + LEFT_BEHIND_AFTER,
        *message_columns(outgoing),
    )


async def left_behind(connection: Connection, *, now: datetime, limit: int) -> list[Outgoing]:
    """Lease the rows that were not sent in time, oldest first. For a while no other relay is given them."""
    rows = await connection.fetch(
        """
        with leased as (
            update unsent set look_at = $2
            where id in (select id from unsent where look_at <= $1 order by id limit $3 for update skip locked)
            returning id, slot
        )
        select id, identity, exchange, routing_key, headers, body, mandatory
        from leased join outbox using (id, slot)
        order by id
        """,
        now,
        now + LEFT_BEHIND_AFTER,
        limit,
    )
    return [Outgoing(**row) for row in rows]


async def mark_sent(connection: Connection, identifiers: Sequence[UUID]) -> None:
    await connection.execute("delete from unsent where id = any($1)", identifiers)


async def postpone(connection: Connection, identifiers: Sequence[UUID], *, until: datetime) -> None:
    await connection.execute("update unsent set look_at = $2 where id = any($1)", identifiers, until)
