"""A figure: what was measured, in every repeat, beside its peers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Series:
    """One thing measured in each repeat, in the order of the repeats."""

    runs: tuple[float, ...]
    unit: str

    @property
    def median(self) -> float:
        return median(self.runs)

    def to_json(self) -> dict[str, Any]:
        return {"median": _short(self.median), "runs": [_short(run) for run in self.runs], "unit": self.unit}


@dataclass(frozen=True, slots=True)
class Figure:
    """What stands under one key: its own series, and by name what stands beside it."""

    series: Series
    peers: dict[str, Series] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        peers = {name: series.to_json() for name, series in self.peers.items()}
        return self.series.to_json() | ({"peers": peers} if peers else {})


def ratio_of(ours: Sequence[float], theirs: Sequence[float]) -> Series:
    """How many times the peer's figure ours is, repeat by repeat: each pair was measured one after the other."""
    return Series(tuple(one / other for one, other in zip(ours, theirs, strict=True)), "times")


def _short(number: float) -> float:
    return float(f"{number:.5g}")
