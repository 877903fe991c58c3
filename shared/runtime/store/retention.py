"""Clears inbox and outbox of what need not be remembered any longer: a partition at a time, by truncating it."""

from datetime import datetime

import asyncpg

from shared.database.connection import Connection, transaction
from shared.runtime.partitions import SLOTS

_AGE_COLUMNS = {"inbox": "handled_at", "outbox": "published_at"}
"""The partitioned tables, each with the column that has the age of a row."""

_LOCK_WITHIN = "500ms"
"""Short, because while a statement waits for a table lock, all later statements on the table wait behind it."""


async def clear(connection: Connection, *, before: datetime) -> None:
    """Empty the partitions whose rows are all older than this, unless some of them are still to be sent."""
    for table in _AGE_COLUMNS:
        for slot in range(SLOTS):
            if await _is_old(connection, table, slot, before):
                await _empty(connection, table, slot, before)
    await connection.execute("delete from suspects where last_tried_at < $1", before)


async def _is_old(connection: Connection, table: str, slot: int, before: datetime) -> bool:
    partition = f"{table}_{slot}"
    return bool(
        await connection.fetchval(
            f"""
            select exists (select from {partition})
                and not exists (select from {partition} where {_AGE_COLUMNS[table]} >= $1)
                and not exists (select from unsent where slot = $2 and $3 = 'outbox')
            """,  # noqa: S608 - names of our own tables
            before,
            slot,
            table,
        )
    )


async def _empty(connection: Connection, table: str, slot: int, before: datetime) -> None:
    """Truncate a partition, unless it is in use or has received rows since: then it is left for the next time."""
    try:
        async with transaction(connection):
            await connection.execute(f"set local lock_timeout = '{_LOCK_WITHIN}'")
            await connection.execute(f"lock table {table}_{slot} in access exclusive mode")
            if await _is_old(connection, table, slot, before):
                await connection.execute(f"truncate {table}_{slot}")
    except asyncpg.LockNotAvailableError:
        pass
