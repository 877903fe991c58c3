"""Migrations: a folder's SQL files, applied once to a schema in the order of their numbers.

Services keep running meanwhile. While a statement waits for a lock on a table, all later statements on that table wait
behind it. So a migration gives up after a short time, lets them pass, and tries again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg

from shared.database.connection import MigrationBlocked

LOCK_WITHIN_MILLISECONDS = 1_000
"""How long a migration waits for a lock, and so the longest that it keeps others waiting."""

TRIES = 30
PAUSE = 2.0
"""Seconds between two attempts."""


async def with_lock_retries(migrate: Callable[[], Awaitable[None]], *, holders: Callable[[], Awaitable[str]]) -> None:
    """Run a migration, again and again if need be, until it gets its locks.

    Raises `MigrationBlocked` if it never does; `holders` returns who holds them, for its text.
    """
    for _ in range(TRIES):
        try:
            return await migrate()
        except asyncpg.LockNotAvailableError:
            await asyncio.sleep(PAUSE)
    raise MigrationBlocked(
        f"The tables are in use by transactions that do not end: {await holders()}. End them, then migrate again."
    )


async def upgrade(
    connection: "asyncpg.Connection[asyncpg.Record]", *, schema: str, folder: Path, version_table: str
) -> None:
    """Apply the files that were not applied to a schema before, in the transaction of the caller.

    A file is named `0001_what.sql`. The version table holds the number of the last one that was applied. A number that
    is higher than those of the folder is left alone: a newer version of the programme wrote it, and its tables can be
    used by this one.
    """
    await connection.execute(
        f"""
        set local lock_timeout to {LOCK_WITHIN_MILLISECONDS};
        set local search_path to "{schema}";
        create table if not exists {version_table} (version_num varchar(32) primary key);
        """
    )
    applied = await connection.fetchval(f"select version_num from {version_table}") or ""  # noqa: S608 - a name of ours
    for file in sorted(folder.glob("[0-9]*.sql")):  # noqa: ASYNC240 - few and small, before anything else runs
        number = file.name.partition("_")[0]
        if number > applied:
            await connection.execute(file.read_text())
            await connection.execute(f"delete from {version_table}")  # noqa: S608
            await connection.execute(f"insert into {version_table} values ($1)", number)  # noqa: S608
