"""`term_seconds`: whole terms, made up for so many students, as `ninthweek demo` plays them."""

import json
import os
from pathlib import Path
from shutil import rmtree

from benchmarks.figure import Figure, Series
from benchmarks.programme import run_to_end
from benchmarks.servers import FOLDER, BenchServers
from shared.servers import remove_servers
from tests.journeys.terms import MadeUpTerm


def measure(_servers: BenchServers, _repeats: int, *, students: tuple[int, ...]) -> Figure:
    """Each once, with servers of its own; the figure is the seconds of the largest, and beside it events a second."""
    peers: dict[str, Series] = {}
    largest = Series((0.0,), "s")
    for number in students:
        seconds, events = _play(number)
        largest = Series((seconds,), "s")
        peers[f"{number:,} students"] = largest
        peers[f"{number:,} students, {events:,} events"] = Series((events / seconds,), "events/s")
    return Figure(largest, peers)


def _play(students: int) -> tuple[float, int]:
    folder = FOLDER / f"bench-term-{os.getpid()}"
    term, out = folder / "term", folder / "out"
    try:
        MadeUpTerm(seed=1, students=students).write(term)
        run_to_end("demo", "--term", term, "--out", out)
        return _summary(out / "summary.json")
    finally:
        remove_servers(out / "servers")
        rmtree(folder, ignore_errors=True)


def _summary(file: Path) -> tuple[float, int]:
    summary = json.loads(file.read_text(encoding="utf-8"))
    return float(summary["seconds"]), sum(summary["events"].values())
