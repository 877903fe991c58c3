"""The table `failures`: messages that could not be handled."""

from datetime import datetime
from typing import Any

from shared.database.connection import Connection
from shared.runtime.failures.failure import Failure


async def add(connection: Connection, failure: Failure, *, at: datetime) -> bool:
    """Keep a failed message; returns whether it is new, that is, not already waiting among the failures."""
    return bool(
        await connection.fetchval(
            """
            with before as (select state from failures where identity = $1)
            insert into failures as known (
                identity, message_id, message_type, source, queue, exchange, routing_key, headers, body,
                handler, error, attempts, first_failed_at, last_failed_at
            )
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)
            on conflict (identity) do update set
                handler = excluded.handler, error = excluded.error, attempts = known.attempts + excluded.attempts,
                last_failed_at = excluded.last_failed_at, state = 'waiting', decided_at = null
            returning coalesce((select state from before), '') <> 'waiting'
            """,
            failure.identity,
            failure.message_id,
            failure.message_type,
            failure.source,
            failure.queue,
            failure.exchange,
            failure.routing_key,
            failure.headers,
            failure.body,
            failure.handler,
            failure.error,
            failure.attempts,
            at,
        )
    )


async def in_state(connection: Connection, *, state: str) -> list[dict[str, Any]]:
    """The failures in a state, oldest first, without their bodies."""
    rows = await connection.fetch(
        """
        select id, message_id, message_type, source, handler, error, attempts, first_failed_at, last_failed_at, state
        from failures where state = $1 order by first_failed_at, id
        """,
        state,
    )
    return [dict(row) for row in rows]


async def find(connection: Connection, identifier: int) -> dict[str, Any] | None:
    row = await connection.fetchrow("select * from failures where id = $1", identifier)
    return dict(row) if row else None


async def retried(connection: Connection, identifier: int, *, at: datetime) -> bool:
    """Note that a failure is retried; false if it was retried already. One that was discarded may be retried."""
    return await _decided(connection, identifier, "retried", of=("waiting", "discarded"), at=at)


async def discarded(connection: Connection, identifier: int, *, at: datetime) -> bool:
    """Note that a failure is discarded; false if it was not waiting."""
    return await _decided(connection, identifier, "discarded", of=("waiting",), at=at)


async def _decided(connection: Connection, identifier: int, state: str, *, of: tuple[str, ...], at: datetime) -> bool:
    """Change the state of a failure; false if it was in none of the states `of`."""
    return bool(
        await connection.fetchval(
            "update failures set state = $2, decided_at = $3 where id = $1 and state = any($4) returning true",
            identifier,
            state,
            at,
            of,
        )
    )
