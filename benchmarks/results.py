"""The results kept for the document: `var/bench.json`; of two checkouts in turns, `var/bench-beside.json`."""

import json
from pathlib import Path
from typing import Any

from benchmarks.checkout import ROOT
from benchmarks.figures import FIGURES

ALONE = ROOT / "var" / "bench.json"
BESIDE = ROOT / "var" / "bench-beside.json"

Results = dict[str, Any]
"""Figures by key, as JSON."""


def kept_in(file: Path) -> Results:
    """The results of earlier runs, without those of figures that are gone."""
    kept: Results = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return {key: figure for key, figure in kept.items() if key in FIGURES}


def keep(file: Path, key: str, measured: Results) -> None:
    """Add a figure, or replace an earlier one. The file is whole even where the run is ended meanwhile."""
    draft = file.with_suffix(".draft")
    draft.write_text(json.dumps(kept_in(file) | {key: measured}, indent=1) + "\n", encoding="utf-8")
    draft.replace(file)
