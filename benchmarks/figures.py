"""The table of all figures: the module that measures each, and the aim.

A module has `SIZES`, its `Sizes`, and an async generator `measure(servers, size)`, which yields a `Reading` for each
repeat; what it sets up before the first is set up once. A figure for which one repeat is enough yields once.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Entry:
    """A figure. `is_long`: it takes so long at any size that only `make bench-long` measures it."""

    module: str
    aim: str
    is_long: bool = False


FIGURES: Final = {
    "exactly_once_ratio": Entry("benchmarks.exactly_once", "2.5 or more"),
    "tracing_cost": Entry("benchmarks.tracing", "known; 1 where it is off"),
    "relay_ratio": Entry("benchmarks.relaying", "5 or more"),
    "latency_ms": Entry("benchmarks.latency", "p50 below 10, p99 below 50, within 2 times the plain one"),
    "statements_per_message": Entry("benchmarks.statements", "counted; a test fails when it grows"),
    "busy_rows": Entry("benchmarks.busy_rows", "no slower than one replica, no deadlock"),
    "idle_cpu": Entry("benchmarks.idle", "below 2"),
    "memory_mb": Entry("benchmarks.memory", "flat, and each below 75 MB when idle"),
    "match_seconds": Entry("benchmarks.match", "about 1, ahead of each"),
    "first_paint_ms": Entry("benchmarks.first_paint", "below 200"),
    "help_seconds": Entry("benchmarks.help", "a third of what it was, or less"),
    "cv_checks": Entry("benchmarks.cv_checks", "20 or more"),
    "deadline_rush": Entry("benchmarks.deadline_rush", "20 or more; every CV decided within 300 s"),
    "term_seconds": Entry("benchmarks.terms", "in proportion to its events"),
    "backlog": Entry("benchmarks.backlog", "as with an empty one", is_long=True),
}
