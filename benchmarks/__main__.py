"""Measures the figures named, or all: `python -m benchmarks exactly_once_ratio`."""

import argparse
import asyncio
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks import results
from benchmarks.checkout import Checkout, NoCheckout
from benchmarks.figure import Figure, Size
from benchmarks.figures import FIGURES
from benchmarks.servers import FOLDER, bench_servers, virtual_host
from benchmarks.table import table_beside, table_of
from benchmarks.turns import FigureFailed, Home, in_turns
from ninthweek.servers import ServersUnavailable

LOGS = FOLDER / "bench-logs"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("keys", nargs="*", metavar="KEY", help=f"any of {', '.join(FIGURES)}; by default, all")
    parser.add_argument("--size", type=Size, choices=list(Size), default=Size.USUAL, help="how much is measured")
    parser.add_argument("--repeats", type=int, default=3, help="of each figure; 3 by default")
    parser.add_argument("--beside", type=Path, metavar="PATH", help="another checkout, measured in turns with this one")
    given = parser.parse_args()
    if unknown := set(given.keys) - FIGURES.keys():
        parser.error(f"there is no figure {', '.join(sorted(unknown))}")
    if given.repeats < 1:
        parser.error("a figure is measured at least once")
    try:
        other = Checkout.other(given.beside) if given.beside else None
    except NoCheckout as reason:
        parser.error(str(reason))
    keys = given.keys or [key for key, entry in FIGURES.items() if given.size is not Size.USUAL or not entry.is_long]
    repeats = 1 if given.size is Size.SMALLEST else given.repeats
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: nothing that was started is left behind
    try:
        status = _measure(keys, given.size, repeats, other)
    except ServersUnavailable as reason:
        parser.error(str(reason))
    except KeyboardInterrupt:  # what was measured by now is kept
        status = 130
    raise SystemExit(status)


def _measure(keys: Sequence[str], size: Size, repeats: int, other: Checkout | None) -> int:
    """Start servers, measure on them, and print what was measured and what failed; returns the exit status."""
    console = Console()
    with bench_servers() as servers:
        homes = [Home(Checkout.this(), servers.database_url, servers.amqp_url, "ours")]
        if other:
            homes.append(Home(other, servers.database_url, virtual_host(servers, "theirs"), "theirs"))
        measured, failures = asyncio.run(measure_all(keys, size, repeats, homes, console))
    console.print((table_beside if other else table_of)(measured, failures))
    return 1 if failures else 0


async def measure_all(
    keys: Sequence[str], size: Size, repeats: int, homes: Sequence[Home], console: Console
) -> tuple[dict[str, Any], dict[str, str]]:
    """Measure each figure, and keep it once it is there; returns what was measured, and why other figures failed."""
    measured: dict[str, Any] = {}
    failures: dict[str, str] = {}
    for key in keys:
        began = time.monotonic()
        try:
            with console.status(key):
                figures = await in_turns(key, size, homes, repeats=repeats, logs=LOGS)
        except FigureFailed as failure:
            failures[key] = str(failure)
            console.print(f"{key}: failed: {failure}", highlight=False, markup=False)
        else:
            measured[key] = _kept(key, figures, homes, size)
            console.print(f"{key}: measured in {time.monotonic() - began:.0f} s", highlight=False)
    return measured, failures


def _kept(key: str, figures: Sequence[Figure], homes: Sequence[Home], size: Size) -> dict[str, Any]:
    """What was measured. It is kept for the document, unless the size was the smallest, which shows nothing."""
    ours, *theirs = (figure.to_json() for figure in figures)
    if not theirs:
        file, measured = results.ALONE, ours
    else:
        ratio = figures[0].beside(figures[1]).to_json()
        commits = [home.checkout.commit for home in homes]
        file, measured = results.BESIDE, {"commits": commits, "ours": ours, "theirs": theirs[0], "ratio": ratio}
    if size is not Size.SMALLEST:
        results.keep(file, key, measured)
    return measured


if __name__ == "__main__":
    main()
