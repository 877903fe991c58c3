"""What was handled."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from shared.database.connection import Connection
from shared.runtime.store.suspects import MOST_DEATHS


async def lock(connection: Connection, keys: Sequence[int]) -> None:
    """Take transaction-level advisory locks in the order given."""
    await connection.execute("select pg_advisory_xact_lock(key) from unnest($1::bigint[]) as key", keys)


async def claim(connection: Connection, identities: Iterable[UUID], *, slot: int, at: datetime) -> set[UUID]:
    """Note that these messages are handled in this transaction; returns those that none has handled before.

    Another copy of a message that too many processes died of is not among them: it waits among the failures.
    Two transactions that claim one message hold the same locks, of its subjects, so that the second sees the first's
    claim in whatever partition it is. They are claimed in order all the same, for those whose locks are too few.
    """
    rows = await connection.fetch(
        """
        with known as materialized (
            select id from inbox where id = any($1::uuid[])
            union all
            select id from suspects where id = any($1::uuid[]) and deaths > $4
        )
        insert into inbox (slot, id, handled_at)
        select $2, id, $3 from unnest($1::uuid[]) as id
        where id not in (select id from known)
        order by id
        on conflict (id, slot) do nothing
        returning id
        """,
        sorted(identities),
        slot,
        at,
        MOST_DEATHS,
    )
    return {row["id"] for row in rows}


async def was_handled(connection: Connection, identity: UUID) -> bool:
    """Whether a message was handled."""
    return bool(await connection.fetchval("select exists (select from inbox where id = $1)", identity))


async def was_handled_or_waits(connection: Connection, identity: UUID) -> bool:
    """Whether a message was handled, or waits to be tried again."""
    return bool(
        await connection.fetchval(
            """
            select exists (select from inbox where id = $1) or exists (select from waiting where identity = $1)
            """,
            identity,
        )
    )


async def is_settled(connection: Connection, identity: UUID) -> bool:
    """Whether a message was handled, or is among the failures since too many processes died of it."""
    return bool(
        await connection.fetchval(
            """
            select exists (select from inbox where id = $1)
                or exists (select from suspects where id = $1 and deaths > $2)
            """,
            identity,
            MOST_DEATHS,
        )
    )
