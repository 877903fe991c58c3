"""A round's calendar for a reader: the present phase, what comes next, and what a change of its dates moves."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Final, Literal

from services.intake.rules.rounds import Round, applications_window, submissions_window
from shared.clock import LOCAL_TIME
from shared.contracts.intake import RoundCalendar

Kind = Literal["neutral", "waiting", "info", "good"]

WHAT_HAPPENS: Final = {
    "submissions_open_at": "Hosts may propose projects",
    "submissions_close_at": "Proposals close",
    "opens_at": "Students may apply",
    "closes_at": "Applications close, and hosts are asked for their rankings",
    "rankings_due_at": "Rankings are due",
    "offers_at": "The match is made, and offers go out",
}
"""What happens at each moment of a calendar, in the order in which a form asks for them."""

OPENING_OF_SECOND: Final = "The first round's waiting list ends, and students may apply for what is left"


@dataclass(frozen=True, slots=True)
class Milestone:
    """A moment of a round, and what happens then; with `whole_day`, a day is shown without a time."""

    at: datetime
    what: str
    whole_day: bool = False


@dataclass(frozen=True, slots=True)
class Phase:
    """The phase of a round: its label, and how the label is shown."""

    label: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Movement:
    """A moment that a change of the calendar moves, and what happens then; `whole_day` as in a milestone."""

    what: str
    before: datetime
    after: datetime
    whole_day: bool = False


@dataclass(frozen=True, slots=True)
class SetCalendar:
    """A calendar that a round has or had, and since when."""

    version: int
    set_at: datetime
    calendar: RoundCalendar


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of a round.

    `projects` are by state; `places` are those of approved projects; `received` includes `withdrawn`; `students` are
    those who have applied, and `projects_applied_for` those with an application that was not withdrawn.
    """

    projects: Mapping[str, int]
    places: int
    received: int
    withdrawn: int
    in_check: int
    students: int
    projects_applied_for: int


def changes(calendars: Sequence[SetCalendar]) -> list[tuple[SetCalendar, list[Movement]]]:
    """Each calendar after the first, with what it moved; the latest first."""
    return [(new, movements(old.calendar, new.calendar)) for old, new in pairwise(calendars)][::-1]


def latest_first(calendar: RoundCalendar) -> tuple[int, datetime]:
    """A sort key for rounds: the latest placements first, and a first round before its second."""
    return (-calendar.weeks[0].starts_on.toordinal(), calendar.opens_at)


def milestones(calendar: RoundCalendar) -> list[Milestone]:
    """The milestones of a calendar in the order of time; a placement week goes from midnight to midnight."""
    weeks = (
        Milestone(_midnight(week.starts_on), f"Placements of week {week.week} begin", whole_day=True)
        for week in calendar.weeks
    )
    end = Milestone(_midnight(_last_day(calendar) + timedelta(days=1)), "The last placements are over")
    return sorted([*_moments(calendar), *weeks, end], key=lambda milestone: milestone.at)


def next_of(calendar: RoundCalendar, now: datetime) -> Milestone | None:
    """The next milestone; `None` once the last has passed."""
    return next((milestone for milestone in milestones(calendar) if milestone.at > now), None)


def phase(round_: Round, now: datetime) -> Phase:
    """The round's phase now. Once applications have closed they stay closed, whatever the calendar says."""
    proposals = now in submissions_window(round_) and not round_.follows
    applications = now in applications_window(round_) and round_.applications_closed_at is None
    if proposals or applications:
        taken = " and ".join(["proposals"] * proposals + ["applications"] * applications)
        return Phase(f"Taking {taken}", "good")
    if now < round_.opens_at:
        begun = not round_.follows and now >= round_.submissions_open_at
        return Phase("Proposals are closed; applications are next" if begun else "Not begun", "neutral")
    if now < round_.rankings_due_at:
        return Phase("Hosts are ranking", "waiting")
    if now < round_.offers_at:
        return Phase("Rankings are due; offers are next", "waiting")
    week = next((week for week in round_.weeks if _midnight(week.starts_on) <= now < _midnight(week.ends_on, 1)), None)
    if week:
        return Phase(f"Placements of week {week.week}", "info")
    return Phase("Offers are out", "info") if now < _midnight(_last_day(round_)) else Phase("Over", "neutral")


def movements(before: RoundCalendar, after: RoundCalendar) -> list[Movement]:
    """What a change moves, in the calendar's order."""
    moments = (Movement(what, getattr(before, field), getattr(after, field)) for field, what in WHAT_HAPPENS.items())
    weeks = (
        Movement(
            f"Placements of week {new.week} begin", _midnight(old.starts_on), _midnight(new.starts_on), whole_day=True
        )
        for old, new in zip(before.weeks, after.weeks, strict=False)
    )
    return [movement for movement in (*moments, *weeks) if movement.before != movement.after]


def _moments(calendar: RoundCalendar) -> Iterator[Milestone]:
    for field, what in WHAT_HAPPENS.items():
        if not (calendar.follows and field.startswith("submissions")):
            opening = calendar.follows and field == "opens_at"
            yield Milestone(getattr(calendar, field), OPENING_OF_SECOND if opening else what)


def _last_day(calendar: RoundCalendar) -> date:
    return max(week.ends_on for week in calendar.weeks)


def _midnight(day: date, days_later: int = 0) -> datetime:
    """The beginning of a day in the university's local time, or of the day so many days later."""
    return datetime.combine(day + timedelta(days=days_later), time.min, LOCAL_TIME)
