"""The weeks of a term, and a calendar copied from one term to another.

Weeks are numbered from the term's first day, the Sunday of 1st week; the two after full term are the 9th and the 10th.
"""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

from services.intake.rules.rounds import MONDAY_TO_FRIDAY
from shared.clock import LOCAL_TIME
from shared.contracts.intake import PlacementWeek, RoundCalendar

SUNDAY: Final = 6
WEEKS_OF_PLACEMENTS: Final = (9, 10)

_NEXT_TERM: Final = {"michaelmas": ("Hilary", 1), "hilary": ("Trinity", 0), "trinity": ("Michaelmas", 0)}
"""The term after each, and how many calendar years later that is."""


def placement_week(number: int, monday: date) -> PlacementWeek:
    return PlacementWeek(week=number, starts_on=monday, ends_on=monday + MONDAY_TO_FRIDAY)


def monday_of(number: int, term_begins_on: date) -> date:
    """The Monday of a week of the term: `monday_of(9, date(2027, 4, 25)) == date(2027, 6, 21)`."""
    return term_begins_on + timedelta(weeks=number - 1, days=1)


def term_of(week: PlacementWeek) -> date:
    """The first day of the term that a week is numbered in."""
    return week.starts_on - timedelta(weeks=week.week - 1, days=1)


def copied(calendar: RoundCalendar, term_begins_on: date) -> RoundCalendar:
    """The same calendar in the term that begins on that Sunday, named by `next_name`.

    Each moment keeps its weekday and its local time, whether or not the clocks change in between. A local time that the
    clocks skip on its new day becomes an hour later.
    """
    shift = term_begins_on - term_of(calendar.weeks[0])
    moments = {name: _shifted(value, shift) for name, value in calendar if isinstance(value, datetime)}
    weeks = [placement_week(week.week, week.starts_on + shift) for week in calendar.weeks]
    return calendar.model_copy(update={**moments, "weeks": weeks, "name": next_name(calendar.name)})


def next_name(name: str) -> str:
    """The name of the term after: `Trinity 2027` is followed by `Michaelmas 2027`; any other name stays as it is."""
    found = re.fullmatch(r"(\w+) (\d{4})", name)
    if found is None or found[1].lower() not in _NEXT_TERM:
        return name
    term, years = _NEXT_TERM[found[1].lower()]
    return f"{term} {int(found[2]) + years}"


def _shifted(moment: datetime, shift: timedelta) -> datetime:
    """The same local time, so many days later; returned in UTC, in which every moment exists."""
    return (moment.astimezone(LOCAL_TIME) + shift).astimezone(UTC)
