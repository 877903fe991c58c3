"""Which prepared verdicts are released, and why others are left out."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from services.screening.rules.deliberation import Entry
from services.screening.rules.reviews import Review, State, decide

MOST_AT_ONCE: Final = 200
"""Verdicts in one release: more than a round has, and few enough for one form."""


NAMED: Final = 5
"""How many of those that were left out are named in the text on a release."""

DECIDED: Final = (State.APPROVED, State.RETURNED, State.DECLINED)


class Chosen(NamedTuple):
    """A prepared verdict, with the number that it had when it was chosen."""

    project_id: str
    revision: int
    number: int

    def __str__(self) -> str:
        return "/".join(map(str, self))

    @classmethod
    def of(cls, text: str) -> "Chosen | None":
        """The choice in a form's value; `None` if the value is anything else."""
        match text.split("/"):
            case [project_id, revision, number] if _is_number(revision) and _is_number(number):
                return cls(project_id, int(revision), int(number))
            case _:
                return None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A chosen verdict that is not released, and why.

    `overtaken`: the review takes no verdict any more, so the prepared one need not be kept.
    """

    project_id: str
    revision: int
    why: str
    overtaken: bool = False


@dataclass(frozen=True, slots=True)
class Release:
    """The outcome of a release: the reviews that it decided, and the verdicts that it left out."""

    decided: tuple[Review, ...]
    left_out: tuple[LeftOut, ...]

    def __str__(self) -> str:
        """The outcome as text for staff."""
        states = Counter(review.state for review in self.decided)
        counts = ", ".join(f"{states[state]} {state}" for state in DECIDED if states[state])
        text = f"Released: {counts}." if counts else "Nothing was released."
        for left in self.left_out[:NAMED]:
            text += f" Left out: {left.project_id}, revision {left.revision}. {left.why}"
        if len(self.left_out) > NAMED:
            text += f" {len(self.left_out) - NAMED} more were left out."
        return text


def release(chosen: Iterable[Chosen], entries: Mapping[tuple[str, int], Entry], *, now: datetime) -> Release:
    """Decide by every chosen verdict; one that was changed since it was chosen is left out."""
    decided: list[Review] = []
    left_out: list[LeftOut] = []
    for choice in dict.fromkeys(chosen):
        entry = entries.get((choice.project_id, choice.revision))
        if entry is None:
            left_out.append(_left_out(choice, "No such revision was submitted."))
        elif entry.obstacle:
            left_out.append(_left_out(choice, entry.obstacle, overtaken=not entry.is_open))
        elif entry.prepared is None:
            left_out.append(_left_out(choice, "Somebody has cleared the verdict since you looked."))
        elif entry.prepared.number != choice.number:
            left_out.append(_left_out(choice, f"{entry.prepared.by} has changed the verdict since you looked."))
        else:
            decided.append(decide(entry.review, entry.prepared.verdict, entry.prepared.comments, now=now))
    return Release(tuple(decided), tuple(left_out))


def _left_out(choice: Chosen, why: str, *, overtaken: bool = False) -> LeftOut:
    return LeftOut(choice.project_id, choice.revision, why, overtaken)


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) < 10
