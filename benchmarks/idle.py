"""`idle_cpu`: percent of a core that `ninthweek up` takes, all five services, with nothing to do."""

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from shutil import rmtree

import psutil

from benchmarks.figure import Measured, Reading, Sizes
from benchmarks.product import remove_servers
from benchmarks.programme import ninthweek
from benchmarks.servers import FOLDER, BenchServers


@dataclass(frozen=True, slots=True)
class Watch:
    """Seconds."""

    settles_in: float
    watched_for: float


SIZES = Sizes(smallest=Watch(0, 1), usual=Watch(10, 15))


async def measure(_servers: BenchServers, watch: Watch) -> AsyncIterator[Reading]:
    """The programme starts its own servers, as it does for its users: they are its children."""
    data = FOLDER / f"bench-idle-{os.getpid()}"
    try:
        async with ninthweek("up", "--data", data) as programme:
            await asyncio.sleep(watch.settles_in)
            while True:
                yield await _watch(programme, watch.watched_for)
    finally:
        remove_servers(data / "servers")
        rmtree(data, ignore_errors=True)


async def _watch(programme: psutil.Process, seconds: float) -> Reading:
    """A reading of the programme's own process, beside that of its servers."""
    before = _seconds(programme)
    await asyncio.sleep(seconds)
    after = _seconds(programme)
    own, servers = (
        Measured(100 * (one - other) / seconds, "% of a core") for one, other in zip(after, before, strict=True)
    )
    return Reading(own, {"PostgreSQL and RabbitMQ": servers})


def _seconds(programme: psutil.Process) -> tuple[float, float]:
    return _used(programme), sum(map(_used, programme.children(recursive=True)))


def _used(process: psutil.Process) -> float:
    """Seconds of a core used so far, with those of children that have ended."""
    times = process.cpu_times()
    return float(times.user + times.system + times.children_user + times.children_system)
