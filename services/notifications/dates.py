"""Dates and times as mails say them: in the university's time, with the weekday and the zone."""

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


def day_of(deadline: datetime) -> str:
    """The last day on which a deadline can be met: `Wednesday 19 May 2027`."""
    local = deadline.astimezone(LOCAL_TIME)
    return day((local - timedelta(microseconds=1)).date())


def days_between(first: date, last: date) -> str:
    """`Monday 21 to Friday 25 June 2027`, with no more of the first date than differs from the last."""
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%A} {first.day} to {day(last)}"
    if first.year == last.year:
        return f"{first:%A} {first.day} {first:%B} to {day(last)}"
    return f"{day(first)} to {day(last)}"
