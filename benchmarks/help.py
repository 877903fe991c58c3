"""`help_seconds`: of the processor, for `ninthweek --help`: what every command costs before it begins."""

import asyncio
import resource
import time
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from statistics import median

from benchmarks.figure import Measured, Reading, Sizes
from benchmarks.programme import COMMAND
from benchmarks.servers import BenchServers

SIZES = Sizes(smallest=1, usual=5)
"""Times that each is asked for, after one that may have to compile; the middle one counts."""

COMMANDS = ((), ("run",), ("queues",), ("demo",))


async def measure(_servers: BenchServers, times: int) -> AsyncIterator[Reading]:
    """The help of all commands; beside it how long one waits for it, and the help of some of them."""
    while True:
        told = {arguments: await _middle(arguments, times) for arguments in COMMANDS}
        used, waited = told.pop(())
        helps = {f"ninthweek {' '.join(arguments)} --help": each for arguments, (each, _) in told.items()}
        yield Reading(used, {"until it is there": waited, **helps})


async def _middle(arguments: tuple[str, ...], times: int) -> tuple[Measured, Measured]:
    await _help(arguments)
    used, waited = zip(*[await _help(arguments) for _ in range(times)], strict=True)
    return Measured(median(used), "s"), Measured(median(waited), "s")


async def _help(arguments: tuple[str, ...]) -> tuple[float, float]:
    """Seconds of the processor, and of the clock."""
    before, began = _used(), time.monotonic()
    asked = await asyncio.create_subprocess_exec(COMMAND, *arguments, "--help", stdin=DEVNULL, stdout=DEVNULL)
    if await asked.wait():
        raise RuntimeError(f"ninthweek {' '.join(arguments)} --help ended with {asked.returncode}")
    return _used() - before, time.monotonic() - began


def _used() -> float:
    """By the children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime
