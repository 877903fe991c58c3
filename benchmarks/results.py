"""What runs leave for the document: `var/bench.json`, and `var/bench-beside.json` of two checkouts in turns."""

import json
from pathlib import Path
from typing import Any

from benchmarks.checkout import ROOT
from benchmarks.figures import FIGURES

ALONE = ROOT / "var" / "bench.json"
BESIDE = ROOT / "var" / "bench-beside.json"

Results = dict[str, Any]
"""By key, as JSON."""


def kept_in(file: Path) -> Results:
    """What runs so far have left of the figures that there still are."""
    kept: Results = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return {key: figure for key, figure in kept.items() if key in FIGURES}


def keep(file: Path, key: str, measured: Results) -> None:
    """Add a figure, or put it in the place of the one before; whenever the run ends, the file is whole."""
    draft = file.with_suffix(".draft")
    draft.write_text(json.dumps(kept_in(file) | {key: measured}, indent=1) + "\n", encoding="utf-8")
    draft.replace(file)
