"""`help_seconds`: seconds of the processor for `ninthweek --help`, which every command costs before it begins."""

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
"""How often each help is asked for, after a first time that may have to compile; the median counts."""

COMMANDS = ((), ("run",), ("queues",), ("demo",))


async def measure(_servers: BenchServers, times: int) -> AsyncIterator[Reading]:
    """The figure is the help of all commands; beside it how long one waits for it, and the help of single commands."""
    while True:
        measured = {arguments: await _median(arguments, times) for arguments in COMMANDS}
        used, waited = measured.pop(())
        helps = {f"ninthweek {' '.join(arguments)} --help": each for arguments, (each, _) in measured.items()}
        yield Reading(used, {"until it is there": waited, **helps})


async def _median(arguments: tuple[str, ...], times: int) -> tuple[Measured, Measured]:
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
    """Seconds of the processor that ended children have used."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime
