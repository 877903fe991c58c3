"""Waits for what other processes do."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from shared.clock import system_time

if TYPE_CHECKING:
    import asyncpg

PATIENCE = 60.0
"""Seconds in which everything must have come to its end, however busy the machine is."""

PAUSE = 0.02
"""Seconds between two looks."""


async def until(condition: Callable[[], Awaitable[bool]], *, seconds: float = PATIENCE) -> None:
    """Look again and again until it holds; raises `TimeoutError`."""
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(PAUSE)


async def let_a_while_pass(connection: "asyncpg.Connection[asyncpg.Record]") -> float:
    """The seconds are over for which a relay leaves it to others to send what they said; how many were left."""
    last = await connection.fetchval("select max(look_at) from unsent")
    await connection.execute("update unsent set look_at = look_at - interval '1 minute'")
    return max((last - system_time()).total_seconds(), 0.0) if last else 0.0
