"""`idle_cpu`: percent of a core that `ninthweek up` takes, all five services, with nothing to do."""

import os
import time
from shutil import rmtree

import psutil

from benchmarks.figure import Figure, Series
from benchmarks.programme import ninthweek
from benchmarks.servers import FOLDER, BenchServers
from shared.servers import remove_servers
from shared.servers.ports import free_port

SETTLES_IN = 10.0
WATCHED_FOR = 20.0
"""Seconds."""


def measure(_servers: BenchServers, repeats: int) -> Figure:
    """It starts servers of its own, as it would for its users: its children."""
    data = FOLDER / f"bench-idle-{os.getpid()}"
    port = free_port()
    try:
        with ninthweek(["up", "--data", data], port=port, settings={}) as programme:
            time.sleep(SETTLES_IN)
            watched = [_watch(programme) for _ in range(repeats)]
    finally:
        remove_servers(data / "servers")
        rmtree(data, ignore_errors=True)
    programmes, servers = zip(*watched, strict=True)
    return Figure(Series(programmes, "% of a core"), {"PostgreSQL and RabbitMQ": Series(servers, "% of a core")})


def _watch(programme: psutil.Process) -> tuple[float, float]:
    """Of the programme's own process, and of its servers."""
    before = _seconds(programme)
    time.sleep(WATCHED_FOR)
    after = _seconds(programme)
    own, servers = (100 * (one - other) / WATCHED_FOR for one, other in zip(after, before, strict=True))
    return own, servers


def _seconds(programme: psutil.Process) -> tuple[float, float]:
    return _used(programme), sum(map(_used, programme.children(recursive=True)))


def _used(process: psutil.Process) -> float:
    """Seconds of a core so far, with those of children that have ended."""
    times = process.cpu_times()
    return float(times.user + times.system + times.children_user + times.children_system)
