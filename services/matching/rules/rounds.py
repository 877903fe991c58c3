"""The dates of a round that matching uses, and the facts that the match needs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from shared.clock import LOCAL_TIME
from shared.contracts.intake import PlacementWeek, RoundScheduled
from shared.contracts.message import subject
from shared.contracts.rounds import first_round, is_second_round

DAYS_TO_PREPARE: Final = 14
"""How many days the cut-off comes before the first placement week."""


@dataclass(frozen=True, slots=True)
class Round:
    """A round; `matched_at` is none until its match has been made.

    Only a second round has `settled_at`: when the places that its first round leaves were published. The waiting list
    of a first round ends at its cut-off, or when its second round opens if that comes first.
    """

    round_id: str
    version: int
    name: str
    opens_at: datetime
    closes_at: datetime
    rankings_due_at: datetime
    weeks: tuple[PlacementWeek, ...]
    offers_at: datetime
    reply_within_days: int
    waiting_list_ends_at: datetime
    matched_at: datetime | None = None
    settled_at: datetime | None = None

    @property
    def is_second(self) -> bool:
        return is_second_round(self.round_id)

    @property
    def takes_what_is_left(self) -> bool:
        """Whether places that become free are for its match: it is a second round, has begun and is not matched."""
        return self.settled_at is not None and self.matched_at is None

    def offers_on(self, now: datetime) -> bool:
        """Whether a place that is free now is offered on: between the match and the cut-off."""
        return self.matched_at is not None and now < self.waiting_list_ends_at

    def is_over(self, now: datetime) -> bool:
        """Whether its last placement week is over: from then on hosts keep nothing about those who applied."""
        last_days = [week.ends_on for week in self.weeks]
        return bool(last_days) and now >= midnight(max(last_days) + timedelta(days=1))

    def reply_by(self, now: datetime) -> datetime:
        """The deadline for the reply to an offer that is made now."""
        return now + timedelta(days=self.reply_within_days)


def scheduled(event: RoundScheduled) -> Round:
    first_day = min(week.starts_on for week in event.weeks)
    return Round(
        round_id=event.round_id,
        version=event.round_version,
        name=event.name,
        opens_at=event.opens_at,
        closes_at=event.closes_at,
        rankings_due_at=event.rankings_due_at,
        weeks=tuple(event.weeks),
        offers_at=event.offers_at,
        reply_within_days=event.reply_within_days,
        waiting_list_ends_at=midnight(first_day - timedelta(days=DAYS_TO_PREPARE)),
    )


def places_lock(round_id: str) -> str:
    """The subject to lock before anyone's place changes: the same for a round and its second, which share places."""
    return subject("round", first_round(round_id))


def offering_on(rounds: Iterable[Round], now: datetime) -> Round | None:
    """The round that offers free places on now. Of a round and its second, only one does at a time."""
    return next((round_ for round_ in rounds if round_.offers_on(now)), None)


def midnight(day: date) -> datetime:
    """When a day begins where the university is."""
    return datetime.combine(day, time(), LOCAL_TIME).astimezone(UTC)


def to_settle(rounds: Iterable[Round], now: datetime) -> Round | None:
    """The second round, if it is to be settled now: it has opened, and its first round is matched.

    None before, and none once it was settled.
    """
    rounds = list(rounds)
    second = next((round_ for round_ in rounds if round_.is_second), None)
    first_is_matched = any(round_.matched_at for round_ in rounds if not round_.is_second)
    if second is None or second.settled_at or not first_is_matched:
        return None
    return second if now >= second.opens_at else None


@dataclass(frozen=True, slots=True)
class FactsForMatch:
    """Which facts about a round have arrived. `closing_count` is how many applications intake received, once published.

    For a second round also whether the first one is settled, and how many of its offers are still open.
    """

    closing_count: int | None
    applications: int
    applications_to_unknown_projects: int
    first_is_settled: bool = True
    offers_of_first: int = 0

    @property
    def missing(self) -> str | None:
        """The fact for which the match has to wait, in words; none when all facts are here."""
        if self.closing_count is None:
            return "applications have not been closed"
        if self.applications < self.closing_count:
            return f"{self.applications} of {self.closing_count} applications are known"
        if self.applications_to_unknown_projects:
            return f"applications for projects that are not known: {self.applications_to_unknown_projects}"
        if not self.first_is_settled:
            return "the places that the first round leaves are not known"
        if self.offers_of_first:
            return f"offers of the first round without a reply: {self.offers_of_first}"
        return None
