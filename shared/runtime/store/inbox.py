"""What was handled, and what may have cost a process its life."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from shared.database.connection import Connection

MOST_DEATHS = 2
"""So many processes may die of a message alone, after the one that had it in a group: the third death fails it."""


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


async def knows(connection: Connection, identity: UUID) -> bool:
    """Whether a message was handled."""
    return bool(await connection.fetchval("select exists (select from inbox where id = $1)", identity))


async def has_in_hand(connection: Connection, identity: UUID) -> bool:
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


async def suspect(connection: Connection, identity: UUID, *, at: datetime) -> int:
    """Count a try of a message that was delivered before; returns how many tries have not ended since.

    `at` is when the try began: asked again with the same, as where the answer was lost, it is counted once.
    A try during which the database died says nothing of the message: whoever made it was waiting for the database, and
    may have been ended then for any reason. So a server that began later counts anew.
    """
    deaths: int = await connection.fetchval(
        """
        insert into suspects as known (id, deaths, last_tried_at) values ($1, 1, $2)
        on conflict (id) do update set
            deaths = case
                when known.last_tried_at = excluded.last_tried_at then known.deaths
                when known.deaths <= $3 and known.last_tried_at < pg_postmaster_start_time() then 1
                else known.deaths + 1
            end,
            last_tried_at = excluded.last_tried_at
        returning deaths
        """,
        identity,
        at,
        MOST_DEATHS,
    )
    return deaths


async def clear_suspect(connection: Connection, identity: UUID) -> None:
    await connection.execute("delete from suspects where id = $1", identity)
