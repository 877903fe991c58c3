"""When and under which policy a round's match goes out, and by whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from services.matching.rules.life import PROGRAMME
from services.matching.rules.policies import Policy
from services.matching.rules.rounds import FactsForMatch, Round
from shared.contracts.faults import Fault
from shared.refusals import Invalid, NotAllowed

LONGEST_NOTE: Final = 2_000
"""The most characters that staff's note on a decision can have."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What is decided on a match before it goes out: by whom, when and why. The defaults count if nobody decided.

    Unless it is `held`, the match goes out by itself when the round's offers are due.
    """

    policy: Policy = Policy.STABLE
    held: bool = False
    by: str = PROGRAMME
    at: datetime | None = None
    comments: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """A setting as staff ask for it, not checked yet."""

    policy: str
    held: bool
    note: str


@dataclass(frozen=True, slots=True)
class Release:
    """A match that went out, released by staff or by the programme at its time, and the facts it was made from.

    `stood` are the applications that stood then, and `places` are those that each project had to give.
    """

    policy: Policy
    by: str
    at: datetime
    stood: Sequence[str] = field(repr=False)
    places: Mapping[str, int] = field(repr=False)


def check_not_out(round_: Round) -> None:
    """Raises `NotAllowed` once the match has gone out."""
    if round_.matched_at:
        raise NotAllowed("The match of this round has gone out already: offers are not taken back.")


def decide(round_: Round, decision: Decision, *, by: str, now: datetime) -> Setting:
    """The setting that staff decide on. Raises `Invalid`, and `NotAllowed` once the match has gone out."""
    check_not_out(round_)
    faults = []
    if decision.policy not in set(Policy):
        faults.append(Fault(field="policy", reason="Choose a policy."))
    if len(decision.note) > LONGEST_NOTE:
        faults.append(Fault(field="note", reason=f"Keep the note within {LONGEST_NOTE:,} characters."))
    if faults:
        raise Invalid(faults)
    return Setting(Policy(decision.policy), decision.held, by, now, decision.note)


def check_sure(*, sure: bool) -> None:
    """Raises `Invalid` unless staff have confirmed that the match is to go out now."""
    if not sure:
        raise Invalid([Fault(field="sure", reason="Tick the box to release the match: offers are not taken back.")])


def check_release(round_: Round, facts: FactsForMatch) -> None:
    """Raises `NotAllowed`, with the reason, if the match cannot go out yet or has gone out."""
    check_not_out(round_)
    if facts.missing:
        raise NotAllowed(f"The match cannot be made yet: {facts.missing}.")


def is_overdue(round_: Round, setting: Setting, now: datetime) -> bool:
    """Whether staff hold the match back past its time, so that students and hosts wait for it."""
    return setting.held and round_.matched_at is None and now >= round_.offers_at
