"""Attendance: what a host may record of a placement's days, and until when."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from services.matching.rules.life import Application, Days, State
from services.matching.rules.rounds import midnight
from services.matching.rules.tags import Tag
from shared.contracts.faults import Fault
from shared.refusals import Invalid, NotAllowed

CORRECTABLE_FOR: Final = timedelta(days=14)
"""How long after the last day attendance can be recorded and corrected."""

TAKES_PLACE: Final = (State.CONFIRMED, State.COMPLETED)

SATURDAY: Final = 5


class Presence(StrEnum):
    """Whether the student was there on a day of a placement; `excused`: away for a reason that was given in time."""

    PRESENT = "present"
    ABSENT = "absent"
    EXCUSED = "excused"


def working_days(days: Days) -> list[date]:
    """The days of a placement without weekends."""
    length = (days.ends_on - days.starts_on).days + 1
    every_day = (days.starts_on + timedelta(days=past) for past in range(length))
    return [day for day in every_day if day.weekday() < SATURDAY]


def correctable_until(days: Days) -> datetime:
    return midnight(days.ends_on + CORRECTABLE_FOR + timedelta(days=1))


def days_that_have_come(days: Days, now: datetime) -> list[date]:
    """The working days that have begun: attendance can be recorded for these."""
    return [day for day in working_days(days) if midnight(day) <= now]


def check_open(placement: Application, now: datetime) -> Days:
    """A placement's days; raises `NotAllowed`, with the reason, if no attendance can be recorded now."""
    if placement.state not in TAKES_PLACE or placement.days is None:
        raise NotAllowed("This placement was cancelled, so there is no attendance to record.")
    if now < midnight(placement.days.starts_on):
        raise NotAllowed("The placement has not begun: attendance is recorded from its first day on.")
    if now >= correctable_until(placement.days):
        raise NotAllowed("The placement ended more than two weeks ago: its attendance can no longer be changed.")
    return placement.days


def placement_tag(state: State, days: Days, now: datetime) -> Tag:
    """The state of a placement, as a tag for its page."""
    if state is State.CANCELLED:
        return Tag("Cancelled", "bad")
    if state is State.COMPLETED:
        return Tag("Completed", "good")
    return Tag("In progress", "good") if now >= midnight(days.starts_on) else Tag("Confirmed", "info")


def presences(placement: Application, given: Mapping[date, str], *, now: datetime) -> dict[date, Presence]:
    """The attendance that a host gives for some days, checked; raises `Invalid`, and `NotAllowed` as `check_open`."""
    days = check_open(placement, now)
    if faults := faults_in(given, days, now):
        raise Invalid(faults)
    return {day: Presence(presence) for day, presence in given.items()}


def faults_in(given: Mapping[date, str], days: Days, now: datetime) -> list[Fault]:
    """Every fault in the attendance that a host gives. Fields are named after their day, such as `day-2027-06-21`."""
    come = days_that_have_come(days, now)
    faults = []
    for day, presence in given.items():
        if day not in come:
            reason = "This day is not part of the placement, or has not begun."
            faults.append(Fault(field=field_of(day), reason=reason))
        elif presence not in set(Presence):
            reason = "Choose whether the student was present, absent or excused."
            faults.append(Fault(field=field_of(day), reason=reason))
    return faults


def field_of(day: date) -> str:
    return f"day-{day.isoformat()}"


def did_not_come(recorded: Mapping[date, Presence]) -> bool:
    """Whether the student was a no-show: recorded as absent on some day, and as present on none."""
    return Presence.ABSENT in recorded.values() and Presence.PRESENT not in recorded.values()
