"""Verdicts are prepared unseen and released together: which of them go, and why others stay."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from services.screening.rules.desk import Entry
from services.screening.rules.reviews import Review, decide


class Chosen(NamedTuple):
    """A prepared verdict as whoever releases it saw it."""

    project_id: str
    revision: int
    number: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A verdict that was chosen and does not go, and why; one that is overtaken need not be kept."""

    project_id: str
    revision: int
    why: str
    overtaken: bool = False


@dataclass(frozen=True, slots=True)
class Release:
    """What is said to hosts, all at once, and what is not."""

    decided: tuple[Review, ...]
    left_out: tuple[LeftOut, ...]


def release(chosen: Iterable[Chosen], prepared: Mapping[tuple[str, int], Entry], *, now: datetime) -> Release:
    """Decide on every chosen verdict by what is prepared now; what was changed since it was chosen stays."""
    decided: list[Review] = []
    left_out: list[LeftOut] = []
    for choice in dict.fromkeys(chosen):
        entry = prepared.get((choice.project_id, choice.revision))
        if entry is None or entry.prepared is None:
            left_out.append(_left_out(choice, "Somebody else has released or cleared it meanwhile."))
        elif entry.obstacle:
            left_out.append(_left_out(choice, entry.obstacle, overtaken=not entry.is_open))
        elif entry.prepared.number != choice.number:
            left_out.append(_left_out(choice, f"{entry.prepared.by} has changed the verdict since you looked."))
        else:
            decided.append(decide(entry.review, entry.prepared.verdict, entry.prepared.comments, now=now))
    return Release(tuple(decided), tuple(left_out))


def _left_out(choice: Chosen, why: str, *, overtaken: bool = False) -> LeftOut:
    return LeftOut(choice.project_id, choice.revision, why, overtaken)
