"""What a transaction holds is released, whatever became of the process that began it."""

import asyncpg
import pytest

from shared.database import connection
from shared.database.connection import acquire, connect_pool
from tests.support.waiting import until


async def test_a_process_that_stands_still_before_it_executes_a_statement_loses_its_locks(
    test_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "TRANSACTION_ENDS_WITHIN", 0.2)
    pool = await connect_pool(test_database_url, schema="public", size=1)
    rival = await asyncpg.connect(test_database_url)
    try:
        if rival.get_server_version().major < 17:
            pytest.skip("PostgreSQL has no limit for transactions before 17")
        async with acquire(pool) as still:
            process = still.get_server_pid()
            await still.execute("begin; select pg_advisory_xact_lock(1)")
            await still.prepare("select 1")  # neither executed nor left

            async def is_gone() -> bool:
                return not await rival.fetchval("select exists (select from pg_stat_activity where pid = $1)", process)

            await until(is_gone)
            assert await rival.fetchval("select pg_try_advisory_lock(1)")
    finally:
        await rival.close()
        pool.terminate()
