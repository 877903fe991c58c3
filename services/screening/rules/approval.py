"""Rules that staff set for trusted hosts: a project that a rule covers is approved the moment it is submitted.

Every other project waits for a reviewer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from services.screening.rules.findings import Finding, Host, Kind
from services.screening.rules.reviews import Review, State
from shared.clock import LOCAL_TIME
from shared.contracts.faults import Fault

LONGEST_REASON: Final = 500


@dataclass(frozen=True, slots=True)
class Terms:
    """What a rule approves for a host, and until when: a round, a last day (in local time), or both."""

    host_id: str
    corrections_only: bool
    """Only projects of which a revision was approved or returned before."""
    without: frozenset[Kind]
    """A project with a finding of one of these kinds goes to a reviewer."""
    round_id: str | None
    last_day: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    """A rule that was not removed; it may be paused."""

    rule_id: int
    terms: Terms
    paused: bool

    @property
    def name(self) -> str:
        return f"rule {self.rule_id}"

    def has_ended(self, now: datetime) -> bool:
        last_day = self.terms.last_day
        return last_day is not None and now.astimezone(LOCAL_TIME).date() > last_day

    def applies_to(
        self, review: Review, host: Host, found: Sequence[Finding], past: Sequence[Review], *, now: datetime
    ) -> bool:
        terms = self.terms
        if self.paused or self.has_ended(now) or terms.host_id != host.host_id:
            return False
        if terms.round_id not in (None, review.round_id):
            return False
        if terms.corrections_only and not any(before.state in (State.APPROVED, State.RETURNED) for before in past):
            return False
        return terms.without.isdisjoint(finding.kind for finding in found)


def approving_rule(
    rules: Iterable[ApprovalRule],
    review: Review,
    host: Host | None,
    found: Sequence[Finding],
    past: Sequence[Review],
    *,
    now: datetime,
) -> ApprovalRule | None:
    """The first rule that approves a revision, if one does.

    `found` is what was found in it; `past` are the reviews of the project's earlier revisions. No rule approves a
    revision while the host's facts are not known, or once a revision of the project was declined.
    """
    if host is None or review.state is not State.OPEN or any(before.state is State.DECLINED for before in past):
        return None
    return next((rule for rule in rules if rule.applies_to(review, host, found, past, now=now)), None)


def faults_in_terms(terms: Terms, *, hosts: Iterable[str], rounds: Iterable[str], now: datetime) -> list[Fault]:
    """Everything that keeps a rule from being set."""
    faults: list[Fault] = []
    if terms.host_id not in set(hosts):
        faults.append(Fault(field="host_id", reason="Choose the host that you trust."))
    if terms.round_id is not None and terms.round_id not in set(rounds):
        faults.append(Fault(field="round_id", reason="Choose one of the rounds."))
    if terms.round_id is None and terms.last_day is None:
        faults.append(Fault(field="last_day", reason="Give it an end: a last day, a round, or both."))
    if terms.last_day is not None and terms.last_day < now.astimezone(LOCAL_TIME).date():
        faults.append(Fault(field="last_day", reason="This day is past: choose today or later."))
    if not terms.reason:
        faults.append(Fault(field="reason", reason="Say why the host is trusted: those who come after you will ask."))
    elif len(terms.reason) > LONGEST_REASON:
        faults.append(Fault(field="reason", reason=f"At most {LONGEST_REASON} characters."))
    return faults
