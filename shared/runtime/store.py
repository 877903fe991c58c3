"""Every SQL statement of the runtime, on the tables that each service's schema has."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from shared.database.connection import Connection
from shared.runtime.failure import Failure
from shared.runtime.outgoing import Outgoing

LEFT_BEHIND_AFTER = timedelta(seconds=5)
"""How long a row that was handed to the relay in memory may take before the relay looks for it in the table."""


async def lock(connection: Connection, keys: Sequence[int]) -> None:
    """Take transaction-level advisory locks in the order given."""
    await connection.execute("select pg_advisory_xact_lock(key) from unnest($1::bigint[]) as key", keys)


async def lock_and_claim(
    connection: Connection, keys: Sequence[int], identities: Iterable[UUID], *, at: datetime
) -> set[UUID]:
    """Take the locks in the order given; then note that these messages are handled in this transaction.

    Returns those that no earlier transaction has handled. They are claimed in order too, since a claim waits for
    another transaction that claims the same. One statement, since each is a round trip of every group.
    """
    rows = await connection.fetch(
        """
        with locked as materialized (select pg_advisory_xact_lock(key) from unnest($1::bigint[]) as key)
        insert into inbox (id, handled_at)
        select id, $3 from unnest($2::uuid[]) as id
        where (select count(*) from locked) = cardinality($1)
        order by id
        on conflict (id) do nothing
        returning id
        """,
        keys,
        sorted(identities),
        at,
    )
    return {row["id"] for row in rows}


async def add_outgoing(connection: Connection, outgoing: Sequence[Outgoing], *, said_at: datetime) -> None:
    if not outgoing:
        return
    await connection.execute(
        """
        insert into outbox (id, exchange, routing_key, headers, body, mandatory, said_at, due_at, retry_at)
        select * from unnest(
            $1::uuid[], $2::text[], $3::text[], $4::jsonb[], $5::bytea[], $6::boolean[],
            array_fill($7::timestamptz, array[cardinality($1)]), $8::timestamptz[], $9::timestamptz[]
        )
        """,
        [row.id for row in outgoing],
        [row.exchange for row in outgoing],
        [row.routing_key for row in outgoing],
        [row.headers for row in outgoing],
        [row.body for row in outgoing],
        [row.mandatory for row in outgoing],
        said_at,
        [row.due_at for row in outgoing],
        [row.retry_at for row in outgoing],
    )


async def due_outgoing(
    connection: Connection, *, programme_now: datetime, system_now: datetime, limit: int
) -> list[Outgoing]:
    """Rows that are due and not sent, held by this transaction alone: timers, retries, and what a crash left behind."""
    rows = await connection.fetch(
        """
        select id, exchange, routing_key, headers, body, mandatory, due_at, retry_at
        from outbox
        where sent_at is null and id in (
            (select id from outbox where sent_at is null and due_at <= $1 and retry_at is null
             order by due_at limit $4)
            union all
            (select id from outbox where sent_at is null and retry_at <= $2 order by retry_at limit $4)
            union all
            (select id from outbox where sent_at is null and due_at is null and retry_at is null and said_at <= $3
             order by said_at limit $4)
        )
        order by due_at, said_at, id
        for update skip locked
        """,
        programme_now,
        system_now,
        system_now - LEFT_BEHIND_AFTER,
        limit,
    )
    return [Outgoing(**row) for row in rows]


async def mark_sent(connection: Connection, identifiers: Sequence[UUID], *, at: datetime) -> None:
    await connection.execute("update outbox set sent_at = $2 where id = any($1)", identifiers, at)


async def postpone(connection: Connection, identifiers: Sequence[UUID], *, until: datetime) -> None:
    await connection.execute("update outbox set retry_at = $2 where id = any($1)", identifiers, until)


async def next_due(connection: Connection) -> tuple[datetime | None, datetime | None]:
    """When the next timer (programme's time) and the next retry (system's time) are due."""
    row = await connection.fetchrow(
        """
        select (select min(due_at) from outbox where sent_at is null and due_at is not null) as timer,
               (select min(retry_at) from outbox where sent_at is null and retry_at is not null) as retry
        """
    )
    return (row["timer"], row["retry"]) if row else (None, None)


async def anything_due(connection: Connection, *, programme_now: datetime) -> bool:
    """Whether the outbox has anything to say by now; a retry counts whenever it is due."""
    return bool(
        await connection.fetchval(
            """
            select exists (select from outbox where sent_at is null and due_at is null and retry_at is null)
                or exists (select from outbox where sent_at is null and due_at <= $1)
                or exists (select from outbox where sent_at is null and retry_at is not null)
            """,
            programme_now,
        )
    )


async def forget(connection: Connection, *, handled_before: datetime, sent_before: datetime) -> None:
    """Clear what is older than the inbox and the outbox remember."""
    await connection.execute("delete from inbox where handled_at < $1", handled_before)
    await connection.execute("delete from outbox where sent_at < $1", sent_before)
    await connection.execute("delete from suspects where last_tried_at < $1", handled_before)


async def suspect(connection: Connection, identity: UUID, *, at: datetime) -> int:
    """Count a try of a message that was delivered before; returns how many tries have not ended since."""
    deaths: int = await connection.fetchval(
        """
        insert into suspects as known (id, deaths, last_tried_at) values ($1, 1, $2)
        on conflict (id) do update set deaths = known.deaths + 1, last_tried_at = excluded.last_tried_at
        returning deaths
        """,
        identity,
        at,
    )
    return deaths


async def clear_suspect(connection: Connection, identity: UUID) -> None:
    await connection.execute("delete from suspects where id = $1", identity)


async def add_failure(connection: Connection, failure: Failure, *, at: datetime) -> bool:
    """Keep a failed message; returns whether it is news (not already waiting among the failures)."""
    return bool(
        await connection.fetchval(
            """
            with before as (select state from failures where identity = $1)
            insert into failures as known (
                identity, message_id, message_type, source, lane, exchange, routing_key, headers, body,
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
            failure.lane,
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


async def failures(connection: Connection, *, state: str) -> list[dict[str, Any]]:
    """The failures in a state, oldest first, without their bodies."""
    rows = await connection.fetch(
        """
        select id, message_id, message_type, source, handler, error, attempts, first_failed_at, last_failed_at, state
        from failures where state = $1 order by first_failed_at, id
        """,
        state,
    )
    return [dict(row) for row in rows]


async def failure(connection: Connection, identifier: int) -> dict[str, Any] | None:
    row = await connection.fetchrow("select * from failures where id = $1", identifier)
    return dict(row) if row else None


async def decide_failure(connection: Connection, identifier: int, *, state: str, at: datetime) -> bool:
    """Set a waiting failure to `retried` or `discarded`; returns whether it was waiting."""
    decided = await connection.fetchval(
        "update failures set state = $2, decided_at = $3 where id = $1 and state = 'waiting' returning true",
        identifier,
        state,
        at,
    )
    return bool(decided)


async def counts(connection: Connection, *, programme_now: datetime, system_now: datetime) -> dict[str, Any]:
    """What staff want to know of a service at a glance."""
    row = await connection.fetchrow(
        """
        select (select count(*) from outbox where sent_at is null and due_at is null) as unsent,
               (select min(said_at) from outbox where sent_at is null and due_at is null) as oldest_unsent,
               (select count(*) from outbox where sent_at is null and due_at is not null) as timers,
               (select min(due_at) from outbox where sent_at is null and due_at is not null) as next_timer,
               (select count(*) from outbox where sent_at is null and due_at <= $1) as timers_due,
               (select count(*) from outbox where sent_at is null and retry_at is not null) as retries,
               (select count(*) from failures where state = 'waiting') as failures,
               (select count(*) from inbox where handled_at > $2) as handled_last_minute
        """,
        programme_now,
        system_now - timedelta(minutes=1),
    )
    return dict(row) if row else {}
