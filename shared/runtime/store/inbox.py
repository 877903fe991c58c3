"""The table `inbox`: messages that were handled."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from shared.database.connection import Connection
from shared.runtime.store.suspects import MOST_DEATHS


async def lock(connection: Connection, keys: Sequence[int]) -> None:
    """Take transaction-level advisory locks in the order given."""
    await connection.execute("select pg_advisory_xact_lock(key) from unnest($1::bigint[]) as key", keys)


async def claim(connection: Connection, identities: Iterable[UUID], *, slot: int, at: datetime) -> set[UUID]:
    """Note that these messages are handled in this transaction; returns those that were not handled before.

    A message that too many processes died of is not returned either: it is kept among the failures already, and this is
    another copy of it.

    Two transactions that claim the same message cannot both succeed. Each holds the locks of the message's subjects
    before it claims, so the second one waits, and then sees the row of the first in whatever partition it is. Rows are
    inserted in the order of their ids all the same: so transactions without such locks cannot deadlock.
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
    """Whether a message was handled, or waits for a retry."""
    return bool(
        await connection.fetchval(
            """
            select exists (select from inbox where id = $1) or exists (select from waiting where identity = $1)
            """,
            identity,
        )
    )


async def is_settled(connection: Connection, identity: UUID) -> bool:
    """Whether a message was handled, or became a failure because too many processes died of it."""
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
