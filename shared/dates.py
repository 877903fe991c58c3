"""Dates and times as text for mails and pages: in the university's time zone, with weekday and zone."""

from datetime import date, datetime, time, timedelta

from shared.clock import LOCAL_TIME


def day(of: date) -> str:
    """`Monday 21 June 2027`."""
    return f"{of:%A} {of.day} {of:%B %Y}"


def moment(of: datetime) -> str:
    """`17:00 BST on Wednesday 19 May 2027`, `noon BST on …`; midnight belongs to the day that it ends."""
    local = of.astimezone(LOCAL_TIME)
    at = local.time().replace(second=0, microsecond=0)
    if at == time(0, 0):
        return f"midnight {local:%Z} at the end of {day(local.date() - timedelta(days=1))}"
    return f"{'noon' if at == time(12, 0) else f'{at:%H:%M}'} {local:%Z} on {day(local.date())}"


def time_of_day(of: datetime) -> str:
    """`12:03`, for a time on the day on which it is read."""
    return f"{of.astimezone(LOCAL_TIME):%H:%M}"


def day_of(deadline: datetime) -> str:
    """The last day on which a deadline can be met: `Wednesday 19 May 2027`."""
    local = deadline.astimezone(LOCAL_TIME)
    return day((local - timedelta(microseconds=1)).date())


def days_between(first: date, last: date) -> str:
    """`Monday 21 to Friday 25 June 2027`: month and year of the first date are left out where the last has the same."""
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%A} {first.day} to {day(last)}"
    if first.year == last.year:
        return f"{first:%A} {first.day} {first:%B} to {day(last)}"
    return f"{day(first)} to {day(last)}"


def left(until: datetime, now: datetime) -> str:
    """How long is left, rounded down: `3 days left`, `5 hours left`, `12 minutes left`, `over`."""
    seconds = int((until - now).total_seconds())
    for unit, length, fewest in (("day", 86_400, 2), ("hour", 3_600, 2), ("minute", 60, 1)):
        if seconds >= fewest * length:
            return f"{plural(seconds // length, unit)} left"
    return "less than a minute left" if seconds > 0 else "over"


def ago(moment: datetime, now: datetime) -> str:
    """How long ago it was, rounded down: `3 days ago`, `just now`."""
    seconds = int((now - moment).total_seconds())
    for unit, length, fewest in (("day", 86_400, 2), ("hour", 3_600, 2), ("minute", 60, 1)):
        if seconds >= fewest * length:
            return f"{plural(seconds // length, unit)} ago"
    return "just now"


def plural(count: int, noun: str, several: str | None = None) -> str:
    """`1 place`, `2 places`, `1,200 places`; `several` is the plural where it is not formed with an s."""
    return f"{count:,} {noun if count == 1 else several or f'{noun}s'}"
