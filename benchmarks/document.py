"""Writes the figures that runs have left into `docs/performance.md`: `python -m benchmarks.document`.

A figure that has not been measured here keeps the lines that it has there.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from benchmarks import results
from benchmarks.checkout import ROOT
from benchmarks.figures import FIGURES
from benchmarks.table import runs_of, shown

DOCUMENT = ROOT / "docs" / "performance.md"

KEY = re.compile(r"\| \*\*`(\w+)`\*\*")


def main() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    alone, beside = results.kept_in(results.ALONE), results.kept_in(results.BESIDE)
    text = with_table(text, "figures", {key: lines(key, figure) for key, figure in alone.items()})
    text = with_table(text, "beside", {key: lines_beside(key, figure) for key, figure in beside.items()})
    DOCUMENT.write_text(text, encoding="utf-8")


def with_table(text: str, name: str, measured: dict[str, Iterable[str]]) -> str:
    """The text, with these lines of these figures in the table between its marks, in the order of `FIGURES`."""
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
    before, _, rest = text.partition(begin)
    table, _, after = rest.partition(end)
    heading, dashes, *rows = table.splitlines()
    standing: dict[str, list[str]] = {}
    key = ""
    for row in rows:
        key = found[1] if (found := KEY.match(row)) else key
        standing.setdefault(key, []).append(row)
    all_lines = standing | {key: list(those) for key, those in measured.items()}
    written = [line for key in FIGURES for line in all_lines.get(key, ())]
    return before + begin + "".join(f"{line}\n" for line in (heading, dashes, *written)) + end + after


def lines(key: str, figure: dict[str, Any]) -> Iterator[str]:
    """One for the figure, with its aim, and one for each that stands beside it."""
    for name, series in _all_series(key, figure):
        aim = FIGURES[key].aim if series is figure else ""
        yield f"| {name} | {shown(series['median'])} | {runs_of(series)} | {series['unit']} | {aim} |"


def lines_beside(key: str, measured: dict[str, Any]) -> Iterator[str]:
    """The same of two checkouts: the medians of both, and the ratio of each repeat."""
    ours, theirs = (dict(_all_series(key, measured[whose])) for whose in ("ours", "theirs"))
    commits = " beside ".join(f"`{commit}`" for commit in measured["commits"])
    for name, ratio in _all_series(key, measured["ratio"]):
        medians = f"{shown(ours[name]['median'])} | {shown(theirs[name]['median'])} | {ours[name]['unit']}"
        commits_once = commits if ratio is measured["ratio"] else ""
        yield f"| {name} | {medians} | {shown(ratio['median'])} | {runs_of(ratio)} | {commits_once} |"


def _all_series(key: str, figure: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield f"**`{key}`**", figure
    yield from figure.get("peers", {}).items()


if __name__ == "__main__":
    main()
