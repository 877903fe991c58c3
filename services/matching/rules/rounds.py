"""A round's dates, as far as matching goes by them, and the facts that the match needs."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from shared.clock import LOCAL_TIME
from shared.contracts.intake import PlacementWeek, RoundScheduled

DAYS_TO_PREPARE: Final = 14
"""From the cut-off to the first placement week."""


@dataclass(frozen=True, slots=True)
class Round:
    """A round; `matched_at` is none until its match was made."""

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

    def offers_on(self, now: datetime) -> bool:
        """Whether a place that is free now is offered on: between the match and the cut-off."""
        return self.matched_at is not None and now < self.waiting_list_ends_at

    def is_over(self, now: datetime) -> bool:
        """Whether its last placement week is over: from here on hosts keep nothing of those who applied."""
        last_days = [week.ends_on for week in self.weeks]
        return bool(last_days) and now >= midnight(max(last_days) + timedelta(days=1))

    def reply_by(self, now: datetime) -> datetime:
        """Until when an offer made now may be answered."""
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


def midnight(day: date) -> datetime:
    """When a day begins where the university is."""
    return datetime.combine(day, time(), LOCAL_TIME).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class FactsForMatch:
    """What has arrived of a round: `closing_count` is how many applications intake received, once it has said so."""

    closing_count: int | None
    applications: int
    applications_to_unknown_projects: int

    @property
    def still_on_their_way(self) -> str | None:
        """The facts that the match has to wait for; none when all are there."""
        if self.closing_count is None:
            return "applications have not been closed"
        if self.applications < self.closing_count:
            return f"{self.applications} of {self.closing_count} applications are known"
        if self.applications_to_unknown_projects:
            return f"{self.applications_to_unknown_projects} applications are for projects that are not known"
        return None
