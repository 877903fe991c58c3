"""The figures of a run as a table, for a terminal."""

from collections.abc import Mapping
from typing import Any

from rich.markup import escape
from rich.table import Column, Table

from benchmarks.figures import FIGURES


def table_of(title: str, results: Mapping[str, Any], failures: Mapping[str, str]) -> Table:
    """A line a figure, with its aim, and under it one for each that stands beside it; then what failed, and why."""
    columns = ("figure", Column("median", justify="right"), Column("runs", overflow="fold"), "unit")
    table = Table(*columns, title=title, title_justify="left")
    for key, figure in results.items():
        table.add_section()
        table.add_row(f"[bold]{key}[/]\naim: {FIGURES[key].aim}", *_numbers(figure))
        for name, peer in figure.get("peers", {}).items():
            table.add_row(f"  {name}", *_numbers(peer))
    for key, failure in failures.items():
        table.add_section()
        table.add_row(f"[bold red]{key}[/]", "[red]failed[/]", f"[red]{escape(failure)}[/]", "")
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
