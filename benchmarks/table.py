"""The figures of a run as a table, for a terminal."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.markup import escape
from rich.table import Column, Table

from benchmarks.figures import FIGURES


def table_of(results: Mapping[str, Any], failures: Mapping[str, str]) -> Table:
    """A line a figure, with its aim, and under it one for each that stands beside it; then what failed, and why."""
    columns = ("figure", Column("median", justify="right"), Column("runs", overflow="fold"), "unit")
    table = Table(*columns, title="Benchmarks", title_justify="left")
    for key, figure in results.items():
        table.add_section()
        for name, series in all_series(f"[bold]{key}[/]\naim: {FIGURES[key].aim}", figure):
            table.add_row(name, shown(series["median"]), runs_of(series), series["unit"])
    _add_failures(table, failures)
    return table


def table_beside(results: Mapping[str, Any], failures: Mapping[str, str]) -> Table:
    """The same of two checkouts: both medians, and how many times theirs ours is in each repeat."""
    columns = ("figure", Column("times", justify="right"), Column("each repeat", overflow="fold"))
    medians = (Column("ours", justify="right"), Column("theirs", justify="right"), "unit")
    table = Table(*columns, *medians, title="This checkout beside another", title_justify="left")
    for key, measured in results.items():
        table.add_section()
        for name, ratio, ours, theirs in beside(f"[bold]{key}[/]", measured):
            both = (shown(ours["median"]), shown(theirs["median"]), ours["unit"])
            table.add_row(name, shown(ratio["median"]), runs_of(ratio), *both)
    _add_failures(table, failures)
    return table


def _add_failures(table: Table, failures: Mapping[str, str]) -> None:
    for key, failure in failures.items():
        table.add_section()
        table.add_row(f"[bold red]{key}[/]", "[red]failed[/]", f"[red]{escape(failure)}[/]")


def all_series(title: str, figure: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The figure's own series, named by its title, and those beside it."""
    yield title, figure
    yield from figure.get("peers", {}).items()


def beside(
    title: str, measured: dict[str, Any]
) -> Iterator[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]]:
    """By name, each ratio of two checkouts, with ours and theirs that it is of."""
    ours, theirs = dict(all_series(title, measured["ours"])), dict(all_series(title, measured["theirs"]))
    for name, ratio in all_series(title, measured["ratio"]):
        yield name, ratio, ours[name], theirs[name]


def shown(number: float) -> str:
    """To three digits, or to the whole number."""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


def runs_of(series: dict[str, Any]) -> str:
    """Each run, where there is more than one."""
    runs = series["runs"]
    return " ".join(map(shown, runs)) if len(runs) > 1 else ""
