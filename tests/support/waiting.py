"""Waits for what other processes do."""

import asyncio
from collections.abc import Awaitable, Callable

PATIENCE = 60.0
"""Seconds in which everything must have come to its end, however busy the machine is."""

PAUSE = 0.02
"""Seconds between two looks."""


async def until(condition: Callable[[], Awaitable[bool]], *, seconds: float = PATIENCE) -> None:
    """Look again and again until it holds; raises `TimeoutError`."""
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(PAUSE)
