"""The figures of a run as a table, for a terminal."""

from typing import Any

from rich.table import Column, Table

AIMS = {
    "exactly_once_ratio": "2.0 or more",
    "relay_ratio": "5 or more",
    "latency_ms": "p50 below 10, p99 below 50, within 2 times the plain one",
    "statements_per_message": "counted; a test fails when it grows",
    "busy_rows": "no slower than one replica, no deadlock",
    "idle_cpu": "below 2",
    "memory_mb": "flat",
    "match_seconds": "about 1, ahead of each",
    "first_paint_ms": "below 200",
    "term_seconds": "in proportion to its events",
    "backlog": "as with an empty one",
}


def table_of(results: dict[str, Any]) -> Table:
    """One line a figure, with its aim, and under it one line for each that stands beside it."""
    table = Table("figure", Column("median", justify="right"), "runs", "unit", title="Benchmarks", title_justify="left")
    for key, figure in results.items():
        table.add_section()
        table.add_row(f"[bold]{key}[/]\naim: {AIMS[key]}", *_numbers(figure))
        for name, peer in figure.get("peers", {}).items():
            table.add_row(f"  {name}", *_numbers(peer))
    return table


def shown(number: float) -> str:
    """To three digits, or to the whole number."""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


def runs_of(series: dict[str, Any]) -> str:
    """Each run, where there is more than one."""
    runs = series["runs"]
    return " ".join(map(shown, runs)) if len(runs) > 1 else ""


def _numbers(series: dict[str, Any]) -> tuple[str, str, str]:
    return shown(series["median"]), runs_of(series), series["unit"]
