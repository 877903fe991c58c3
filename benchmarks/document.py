"""Writes the figures of `var/bench.json` into `docs/performance.md`: `python -m benchmarks.document`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.servers import FOLDER
from benchmarks.table import AIMS, runs_of, shown

DOCUMENT = Path(__file__).parent.parent / "docs" / "performance.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


def main() -> None:
    results = json.loads((FOLDER / "bench.json").read_text(encoding="utf-8"))
    text = DOCUMENT.read_text(encoding="utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    table = "\n".join(lines(results))
    DOCUMENT.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")


def lines(results: dict[str, Any]) -> Iterator[str]:
    """The rows of the table, in the order of the aims."""
    yield "| figure | median | runs | unit | aim |"
    yield "| --- | ---: | --- | --- | --- |"
    for key in AIMS:
        if figure := results.get(key):
            yield _line(f"**`{key}`**", figure, AIMS[key])
            for name, peer in figure.get("peers", {}).items():
                yield _line(name, peer, "")


def _line(name: str, series: dict[str, Any], aim: str) -> str:
    return f"| {name} | {shown(series['median'])} | {runs_of(series)} | {series['unit']} | {aim} |"


if __name__ == "__main__":
    main()
