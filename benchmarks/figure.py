"""What a figure module has: its sizes, and a reading for each repeat; and the figure made of the readings."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import median
from typing import Any, Generic, NamedTuple, TypeVar

Of = TypeVar("Of")


class Size(StrEnum):
    """How much is measured: a few seconds' worth, what `make bench` does, or what takes longer."""

    SMALLEST = "smallest"
    USUAL = "usual"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class Sizes(Generic[Of]):
    """The sizes of a figure module, in its own terms; without a `long` one the `usual` one is taken."""

    smallest: Of
    usual: Of
    long: Of | None = None

    def __getitem__(self, size: Size) -> Of:
        if size is Size.SMALLEST:
            return self.smallest
        return self.usual if size is Size.USUAL or self.long is None else self.long


class Measured(NamedTuple):
    number: float
    unit: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The result of one repeat: the figure's own number, and by name the numbers beside it."""

    own: Measured
    peers: dict[str, Measured] = field(default_factory=dict)


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
    """What was measured under one key: its own series, and by name the series beside it."""

    series: Series
    peers: dict[str, Series] = field(default_factory=dict)

    @classmethod
    def of(cls, readings: Sequence[Reading]) -> "Figure":
        """The figure made of one or more repeats; a peer need not be in each."""
        names = dict.fromkeys(name for reading in readings for name in reading.peers)
        return cls(
            _series([reading.own for reading in readings]),
            {name: _series([reading.peers[name] for reading in readings if name in reading.peers]) for name in names},
        )

    def beside(self, other: "Figure") -> "Figure":
        """These numbers divided by the other's, repeat by repeat, in each series that both have."""
        return Figure(
            ratio_of(self.series.runs, other.series.runs),
            {
                name: ratio_of(series.runs, other.peers[name].runs)
                for name, series in self.peers.items()
                if name in other.peers and len(series.runs) == len(other.peers[name].runs)
            },
        )

    def to_json(self) -> dict[str, Any]:
        peers = {name: series.to_json() for name, series in self.peers.items()}
        return self.series.to_json() | ({"peers": peers} if peers else {})


def ratio_of(ours: Sequence[float], theirs: Sequence[float]) -> Series:
    """Ours divided by theirs, repeat by repeat: the two of a pair were measured one after the other.

    The ratio of two zeros is 1; that of a number and zero is infinite.
    """
    return Series(tuple(_ratio(one, other) for one, other in zip(ours, theirs, strict=True)), "times")


def _ratio(one: float, other: float) -> float:
    if other == 0:
        return 1.0 if one == 0 else float("inf")
    return one / other


def _series(measured: Sequence[Measured]) -> Series:
    return Series(tuple(one.number for one in measured), measured[0].unit)


def _short(number: float) -> float:
    return float(f"{number:.5g}")
