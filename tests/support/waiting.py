"""Waits for what other processes do."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from shared.clock import system_time

if TYPE_CHECKING:
    import asyncpg

PATIENCE = 60.0
"""Seconds in which everything must have ended, however busy the machine is."""

PAUSE = 0.02
"""Seconds between two looks."""


async def until(condition: Callable[[], Awaitable[bool]], *, seconds: float = PATIENCE) -> None:
    """Wait until a condition holds, looking again and again; raises `TimeoutError`."""
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(PAUSE)


async def make_unsent_rows_due(connection: "asyncpg.Connection[asyncpg.Record]") -> float:
    """Make all unsent rows due for any relay, as they are once their own process had time to send them.

    Returns how many seconds of that time were left.
    """
    last = await connection.fetchval("select max(look_at) from unsent")
    await connection.execute("update unsent set look_at = look_at - interval '1 minute'")
    return max((last - system_time()).total_seconds(), 0.0) if last else 0.0
