"""The figures of a run as a table in a terminal."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.markup import escape
from rich.table import Column, Table

from benchmarks.figures import FIGURES


def table_of(results: Mapping[str, Any], failures: Mapping[str, str]) -> Table:
    """A line for each figure, with its aim; under it a line for each number beside it; then failures and reasons."""
    columns = ("figure", Column("median", justify="right"), Column("runs", overflow="fold"), "unit")
    table = Table(*columns, title="Benchmarks", title_justify="left")
    for key, figure in results.items():
        table.add_section()
        for name, series in all_series(f"[bold]{key}[/]\naim: {FIGURES[key].aim}", figure):
            table.add_row(name, shown(series["median"]), runs_of(series), series["unit"])
    _add_failures(table, failures)
    return table


def table_beside(results: Mapping[str, Any], failures: Mapping[str, str]) -> Table:
    """The same for two checkouts: ours divided by theirs, as a median and in each repeat, and both medians."""
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
    """The figure's own series, under its title, and the series beside it."""
    yield title, figure
    yield from figure.get("peers", {}).items()


def beside(
    title: str, measured: dict[str, Any]
) -> Iterator[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]]:
    """The name of each series, the ratio of two checkouts, and our and their series."""
    ours, theirs = dict(all_series(title, measured["ours"])), dict(all_series(title, measured["theirs"]))
    for name, ratio in all_series(title, measured["ratio"]):
        yield name, ratio, ours[name], theirs[name]


def shown(number: float) -> str:
    """A number with three digits, or as a whole number from 100 on."""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


def runs_of(series: dict[str, Any]) -> str:
    """The number of each run, where there is more than one."""
    runs = series["runs"]
    return " ".join(map(shown, runs)) if len(runs) > 1 else ""
