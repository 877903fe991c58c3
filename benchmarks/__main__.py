"""Measures the figures named, or all: `python -m benchmarks exactly_once_ratio`."""

import argparse
import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from rich.console import Console

from benchmarks import (
    backlog,
    busy_rows,
    exactly_once,
    first_paint,
    idle,
    latency,
    match,
    memory,
    relaying,
    statements,
    terms,
)
from benchmarks.figure import Figure
from benchmarks.servers import FOLDER, BenchServers, bench_servers
from benchmarks.table import table_of

RESULTS = FOLDER / "bench.json"

Measure = Callable[[BenchServers, int], Figure]

FIGURES: dict[str, Measure] = {
    "exactly_once_ratio": exactly_once.measure,
    "relay_ratio": relaying.measure,
    "latency_ms": latency.measure,
    "statements_per_message": statements.measure,
    "busy_rows": busy_rows.measure,
    "idle_cpu": idle.measure,
    "memory_mb": partial(memory.measure, messages=5_000),
    "match_seconds": match.measure,
    "first_paint_ms": first_paint.measure,
    "term_seconds": partial(terms.measure, students=(240, 1_000)),
}

LONG: dict[str, Measure] = FIGURES | {
    "memory_mb": partial(memory.measure, messages=100_000),
    "term_seconds": partial(terms.measure, students=(240, 1_000, 5_000)),
    "backlog": backlog.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("keys", nargs="*", metavar="KEY", help=f"any of {', '.join(LONG)}; all by default")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--long", action="store_true", help="the largest term, the backlog and the memory too")
    given = parser.parse_args()
    measures = LONG if given.long else FIGURES
    if unknown := set(given.keys) - measures.keys():
        parser.error(f"there is no figure {', '.join(sorted(unknown))}")
    figures: dict[str, Figure] = {}
    console = Console()
    with bench_servers() as servers:
        for key in given.keys or measures:
            began = time.monotonic()
            with console.status(key):
                figures[key] = measures[key](servers, given.repeats)
            console.print(f"{key}: measured in {time.monotonic() - began:.0f} s", highlight=False)
    measured = {key: figure.to_json() for key, figure in figures.items()}
    RESULTS.write_text(json.dumps(_kept() | measured, indent=1) + "\n", encoding="utf-8")
    console.print(table_of(measured))


def _kept() -> dict[str, Any]:
    """What runs before have left: a figure that is not measured now keeps its place."""
    kept: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    return {key: figure for key, figure in kept.items() if key in LONG}


if __name__ == "__main__":
    main()
