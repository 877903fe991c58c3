"""`term_seconds`: how long `ninthweek demo` takes for whole terms, made up for different numbers of students."""

import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from shutil import rmtree

from benchmarks.figure import Measured, Reading, Sizes
from benchmarks.product import remove_servers
from benchmarks.programme import run_to_end
from benchmarks.servers import FOLDER, BenchServers
from tests.journeys.terms import MadeUpTerm

SIZES = Sizes(smallest=(4,), usual=(240, 1_000), long=(240, 1_000, 5_000))
"""How many students each term has."""


async def measure(_servers: BenchServers, terms: tuple[int, ...]) -> AsyncIterator[Reading]:
    """The figure is the seconds of the largest term; beside it are those of each, and events a second.

    Each is played once, on servers of its own.
    """
    peers: dict[str, Measured] = {}
    largest = Measured(0.0, "s")
    for students in terms:
        seconds, events = await _play(students)
        largest = Measured(seconds, "s")
        peers[f"{students:,} students"] = largest
        peers[f"{students:,} students, {events:,} events"] = Measured(events / seconds, "events/s")
    yield Reading(largest, peers)


async def _play(students: int) -> tuple[float, int]:
    folder = FOLDER / f"bench-term-{os.getpid()}"
    term, out = folder / "term", folder / "out"
    try:
        MadeUpTerm(seed=1, students=students).write(term)
        await run_to_end("demo", "--term", term, "--out", out)
        return _summary(out / "summary.json")
    finally:
        remove_servers(out / "servers")
        rmtree(folder, ignore_errors=True)


def _summary(file: Path) -> tuple[float, int]:
    summary = json.loads(file.read_text(encoding="utf-8"))
    return float(summary["seconds"]), sum(summary["events"].values())
