"""How long it took to recover from each kind of fault: kept by `make faults`, and shown in the documentation.

`python -m tests.faults.recovery` writes the table of the last `make faults` into `docs/reliability.md`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent.parent
FILE = ROOT / "var" / "faults.json"
DOCUMENT = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- recovery: begin -->", "<!-- recovery: end -->"

Recoveries = Mapping[str, Sequence[float]]
"""Seconds by kind of fault."""


def keep(faults: Mapping[str, int], recoveries: Recoveries) -> None:
    """Leave what a run found in `var/faults.json`."""
    found = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "faults": dict(faults), "recoveries": recoveries}
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def table(recoveries: Recoveries) -> Iterator[str]:
    """One row for each kind of fault, in Markdown."""
    if recoveries:
        yield "| time to recover from | times | median s | longest s |"
        yield "| --- | ---: | ---: | ---: |"
    for kind, seconds in sorted(recoveries.items()):
        yield f"| {kind} | {len(seconds)} | {median(seconds):.1f} | {max(seconds):.1f} |"


def main() -> None:
    recoveries: Recoveries = json.loads(FILE.read_text(encoding="utf-8"))["recoveries"]
    text = DOCUMENT.read_text(encoding="utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    rows = "\n".join(table(recoveries))
    DOCUMENT.write_text(f"{before}{BEGIN}\n{rows}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
