"""Who was there on which day: what a host may record, and until when."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from services.matching.rules.life import Application, Days, State
from services.matching.rules.rounds import midnight
from services.matching.rules.words import Words
from shared.contracts.faults import Fault
from shared.refusals import Invalid, NotAllowed

CORRECTABLE_FOR: Final = timedelta(days=14)
"""After the last day."""

TAKES_PLACE: Final = (State.CONFIRMED, State.COMPLETED)

SATURDAY: Final = 5


class Presence(StrEnum):
    """How it was on a day of a placement; `excused`: away for a reason that was given in time."""

    PRESENT = "present"
    ABSENT = "absent"
    EXCUSED = "excused"


def working_days(days: Days) -> list[date]:
    """Its days but for weekends."""
    length = (days.ends_on - days.starts_on).days + 1
    every_day = (days.starts_on + timedelta(days=past) for past in range(length))
    return [day for day in every_day if day.weekday() < SATURDAY]


def correctable_until(days: Days) -> datetime:
    return midnight(days.ends_on + CORRECTABLE_FOR + timedelta(days=1))


def days_that_have_come(days: Days, now: datetime) -> list[date]:
    """The working days that have begun: of these it can be said who was there."""
    return [day for day in working_days(days) if midnight(day) <= now]


def check_open(placement: Application, now: datetime) -> Days:
    """A placement's days; raises `NotAllowed`, with the reason, where nothing can be recorded of them now."""
    if placement.state not in TAKES_PLACE or placement.days is None:
        raise NotAllowed("This placement was cancelled, so there is no attendance to record.")
    if now < midnight(placement.days.starts_on):
        raise NotAllowed("The placement has not begun: attendance is recorded from its first day on.")
    if now >= correctable_until(placement.days):
        raise NotAllowed("The placement ended more than two weeks ago: its attendance can no longer be changed.")
    return placement.days


def in_words(state: State, days: Days, now: datetime) -> Words:
    """Where a placement is."""
    if state is State.CANCELLED:
        return Words("Cancelled", "bad")
    if state is State.COMPLETED:
        return Words("Completed", "good")
    return Words("Under way", "good") if now >= midnight(days.starts_on) else Words("Confirmed", "info")


def presences(placement: Application, said: Mapping[date, str], *, now: datetime) -> dict[date, Presence]:
    """What a host says of some days, once it may be recorded; raises `Invalid`, and `NotAllowed` as `check_open`."""
    days = check_open(placement, now)
    if faults := faults_in(said, days, now):
        raise Invalid(faults)
    return {day: Presence(word) for day, word in said.items()}


def faults_in(said: Mapping[date, str], days: Days, now: datetime) -> list[Fault]:
    """Every fault of what a host says of some days; a field goes by its day, `day-2027-06-21`."""
    come = days_that_have_come(days, now)
    faults = []
    for day, presence in said.items():
        if day not in come:
            faults.append(Fault(field=field_of(day), reason="This is no day of the placement that has begun."))
        elif presence not in set(Presence):
            faults.append(Fault(field=field_of(day), reason="Say whether the student was present, absent or excused."))
    return faults


def field_of(day: date) -> str:
    return f"day-{day.isoformat()}"


def did_not_come(recorded: Mapping[date, Presence]) -> bool:
    """A no-show: days were recorded, the student was there on none of them, and not always for a reason given."""
    return Presence.ABSENT in recorded.values() and Presence.PRESENT not in recorded.values()
