"""What reviewers do on a revision before its verdict is released: they prepare verdicts and ask for second opinions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Final

from services.screening.rules.findings import Finding, Host, Kind, findings
from services.screening.rules.reviews import Review, State, Verdict, what_happened
from services.screening.rules.rubric import Scoring
from shared.contracts.faults import Fault
from shared.refusals import Forbidden, Invalid

LONGEST_QUESTION: Final = 500
"""Characters."""


class Act(StrEnum):
    """A kind of act: what somebody did on a revision. Staff alone see acts."""

    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"
    SCORED = "scored"
    OPINION_ASKED = "opinion asked"
    OPINION_NOT_NEEDED = "opinion not needed"
    PREPARED = "prepared"
    CLEARED = "cleared"
    RELEASED = "released"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True)
class ActLine:
    """An act: who did it, when, and its details as text."""

    act: Act
    by: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """A verdict that its host does not see yet; `number` is a new one after each change."""

    number: int
    verdict: Verdict
    comments: str
    by_id: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """Who asked for another reviewer's scores, whom they asked (`None` for any other reviewer), and why."""

    asked_by_id: str
    asked_by: str
    asked_of_id: str | None
    asked_of: str | None
    why: str
    at: datetime


@dataclass(frozen=True)
class Entry:
    """A review, with everything that reviewers did on it and what was found in it."""

    review: Review
    host: Host | None
    round_name: str
    reviewer: Person | None
    prepared: Prepared | None
    opinion: SecondOpinion | None
    scorings: Sequence[Scoring]
    found: Sequence[Finding] | None
    """The stored findings; `None` if they are outdated."""

    @property
    def key(self) -> tuple[str, int]:
        return self.review.project_id, self.review.revision

    @property
    def organisation(self) -> str:
        """The host's name, or its id while its facts are not known."""
        return self.host.organisation if self.host else self.review.host_id

    @cached_property
    def findings(self) -> Sequence[Finding]:
        return findings(self.review.project, self.host) if self.found is None else self.found

    @property
    def kinds(self) -> tuple[Kind, ...]:
        return tuple(dict.fromkeys(finding.kind for finding in self.findings))

    @property
    def is_open(self) -> bool:
        return self.review.state is State.OPEN

    @property
    def opinion_missing(self) -> str | None:
        """Why the second opinion that was asked for is missing, if it is."""
        return opinion_missing(self.opinion, self.scorings, self.prepared) if self.is_open else None

    @property
    def obstacle(self) -> str | None:
        """Why no verdict can be released, if none can."""
        if not self.is_open:
            return what_happened(self.review)
        return f"A second opinion was asked for. {self.opinion_missing}" if self.opinion_missing else None

    def is_overdue(self, now: datetime) -> bool:
        return self.is_open and now >= self.review.due_at


def opinion_missing(
    opinion: SecondOpinion | None, scorings: Sequence[Scoring], prepared: Prepared | None
) -> str | None:
    """Why the second opinion that was asked for is missing; `None` if it was given, or none was asked for.

    If nobody is named, it must come from somebody who neither asked for it nor prepared the verdict.
    """
    if opinion is None:
        return None
    scored = {scoring.reviewer_id for scoring in scorings}
    if opinion.asked_of_id is not None:
        return None if opinion.asked_of_id in scored else f"{opinion.asked_of} has not scored it yet."
    others = scored - {opinion.asked_by_id} - ({prepared.by_id} if prepared else set())
    return None if others else "Nobody has scored it yet except who asked for a second opinion or prepared the verdict."


def check_question(asker: Person, asked: Person | None, why: str, *, named: bool) -> None:
    """Raise `Invalid` unless a second opinion may be asked for so.

    With `named`, `asked` must be a known reviewer other than the asker.
    """
    faults: list[Fault] = []
    if named and (asked is None or asked.id == asker.id):
        faults.append(Fault(field="of", reason="Choose another reviewer than yourself, or anybody."))
    if len(why) > LONGEST_QUESTION:
        faults.append(Fault(field="why", reason=f"At most {LONGEST_QUESTION} characters; these are {len(why):,}."))
    if faults:
        raise Invalid(faults)


def check_may_drop(opinion: SecondOpinion | None, by: Person, *, is_staff: bool) -> None:
    """Raise `Forbidden` unless the request for a second opinion is withdrawn by staff, or by who asked for it."""
    if opinion and opinion.asked_by_id != by.id and not is_staff:
        raise Forbidden(f"{opinion.asked_by} asked for it: they or staff may say that it is not needed.")
