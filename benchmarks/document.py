"""Writes the figures that runs have left into `docs/performance.md`: `python -m benchmarks.document`.

A figure that has not been measured here keeps the lines that it has there.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from benchmarks import results
from benchmarks.checkout import ROOT
from benchmarks.figures import FIGURES
from benchmarks.table import all_series, beside, runs_of, shown

DOCUMENT = ROOT / "docs" / "performance.md"

KEY = re.compile(r"\| \*\*`(\w+)`\*\*")


def main() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    alone, in_turns = results.kept_in(results.ALONE), results.kept_in(results.BESIDE)
    text = with_table(text, "figures", {key: lines(key, figure) for key, figure in alone.items()})
    text = with_table(text, "beside", {key: lines_beside(key, measured) for key, measured in in_turns.items()})
    DOCUMENT.write_text(text, encoding="utf-8")


def with_table(text: str, name: str, measured: Mapping[str, Iterable[str]]) -> str:
    """The text, with the lines of these figures put into the table between its markers, in the order of `FIGURES`."""
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
    for name, series in all_series(f"**`{key}`**", figure):
        aim = FIGURES[key].aim if series is figure else ""
        yield f"| {name} | {shown(series['median'])} | {runs_of(series)} | {series['unit']} | {aim} |"


def lines_beside(key: str, measured: dict[str, Any]) -> Iterator[str]:
    """The same of two checkouts: the medians of both, and the ratio of each repeat."""
    for name, ratio, ours, theirs in beside(f"**`{key}`**", measured):
        medians = f"{shown(ours['median'])} | {shown(theirs['median'])} | {ours['unit']}"
        commits = " beside ".join(f"`{commit}`" for commit in measured["commits"]) if ours is measured["ours"] else ""
        yield f"| {name} | {medians} | {shown(ratio['median'])} | {runs_of(ratio)} | {commits} |"


if __name__ == "__main__":
    main()
