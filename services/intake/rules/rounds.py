"""The calendar of a round: whether it is valid, and whether something is in time."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from shared.clock import LOCAL_TIME
from shared.contracts.faults import Fault
from shared.contracts.fields import Moment, RoundId, Version
from shared.contracts.intake import PlacementWeek, RoundCalendar

MONDAY = 0
MONDAY_TO_FRIDAY = timedelta(days=4)
YEARS = range(2000, 2200)
"""Another year is a typing error, and its moments may not exist in every time zone."""


class Round(RoundCalendar):
    """A round as it stands."""

    round_id: RoundId
    round_version: Version = 1
    applications_closed_at: Moment | None = None

    @property
    def calendar(self) -> RoundCalendar:
        return RoundCalendar(**{name: getattr(self, name) for name in RoundCalendar.model_fields})

    def with_calendar(self, calendar: RoundCalendar) -> "Round":
        return self.model_copy(update={**dict(calendar), "round_version": self.round_version + 1})

    def closes_now(self, timer: datetime) -> bool:
        """Whether a timer set for that moment still matters: the close was not moved, and has not happened."""
        return timer == self.closes_at and self.applications_closed_at is None


@dataclass(frozen=True, slots=True)
class Window:
    """The time from a moment (included) to a later one (excluded)."""

    opens_at: datetime
    closes_at: datetime

    def __contains__(self, moment: datetime) -> bool:
        return self.opens_at <= moment < self.closes_at

    def __str__(self) -> str:
        return f"from {in_words(self.opens_at)} to before {in_words(self.closes_at)}"


def submissions_window(calendar: RoundCalendar) -> Window:
    return Window(calendar.submissions_open_at, calendar.submissions_close_at)


def applications_window(calendar: RoundCalendar) -> Window:
    return Window(calendar.opens_at, calendar.closes_at)


def ends_at(calendar: RoundCalendar) -> datetime:
    """When a round is over: at the end of its last placement week, in local time."""
    last = max(week.ends_on for week in calendar.weeks)
    return datetime.combine(last + timedelta(days=1), time.min, LOCAL_TIME)


def round_for(
    rounds: Iterable[Round], moment: datetime, window: Callable[[Round], Window], own: str | None = None
) -> Round | None:
    """The round by whose rules something that was sent at a moment is checked. `None` only if there are no rounds.

    It is a round whose window has the moment: `own` if it is among them, else the first to close. If there is none, it
    is `own`, else the next to open, else the last that closed: so what is too late for a round is still checked by the
    other rules of that round.
    """
    rounds = sorted(rounds, key=lambda each: (each.round_id != own, window(each).closes_at, each.round_id))
    inside = [each for each in rounds if moment in window(each)]
    its_own = [each for each in rounds if each.round_id == own]
    ahead = sorted((each for each in rounds if moment < window(each).opens_at), key=lambda each: window(each).opens_at)
    return next(iter([*inside, *its_own, *ahead, *reversed(rounds)]), None)


def round_for_proposals(rounds: Iterable[Round], moment: datetime, own: str | None = None) -> Round | None:
    """The round by whose rules a proposal sent at that moment is checked; a second round takes no proposals."""
    return round_for([each for each in rounds if not each.follows], moment, submissions_window, own)


def faults_in_time(round_: Round | None, moment: datetime, window: Callable[[Round], Window], what: str) -> list[Fault]:
    """The fault of something that was not sent in time; `what` names it in the plural."""
    if round_ is None:
        return [Fault(field="sent_at", reason=f"No round is scheduled, so no {what} are taken yet.")]
    if moment in window(round_):
        return []
    return [Fault(field="sent_at", reason=f"For {round_.name}, {what} are taken {window(round_)}.")]


def slug(name: str) -> str:
    """A round's id, made of its name: `slug("Trinity 2027") == "trinity-2027"`; empty where the name has no letters."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower())[:64].strip("-")


def faults_in_calendar(calendar: RoundCalendar) -> list[Fault]:
    """Everything that is wrong with a calendar. The windows of proposals and of applications may overlap."""
    out_of_range = faults_in_years(calendar)
    if out_of_range:
        return out_of_range
    faults = []
    if not slug(calendar.name) or not calendar.name.isprintable():
        faults.append(Fault(field="name", reason="The name must be a line of text with a letter or a digit."))
    if calendar.submissions_close_at <= calendar.submissions_open_at:
        faults.append(Fault(field="submissions_close_at", reason="Submissions must close after they open."))
    if calendar.closes_at <= calendar.opens_at:
        faults.append(Fault(field="closes_at", reason="Applications must close after they open."))
    if calendar.rankings_due_at < calendar.closes_at:
        faults.append(Fault(field="rankings_due_at", reason="Rankings can be due only once applications are closed."))
    if calendar.offers_at < calendar.rankings_due_at:
        faults.append(Fault(field="offers_at", reason="Offers can go out only once rankings are due."))
    if calendar.offers_at >= _first_morning(calendar):
        faults.append(Fault(field="offers_at", reason="Offers must go out before the first placement week begins."))
    return faults + _faults_in_weeks(calendar.weeks)


def faults_in_closing(round_: Round, calendar: RoundCalendar) -> list[Fault]:
    """The fault of moving a close that has happened: other services have acted on the count of applications."""
    if round_.applications_closed_at is None or calendar.closes_at == round_.closes_at:
        return []
    closed_at = in_words(round_.applications_closed_at)
    return [Fault(field="closes_at", reason=f"Applications closed on {closed_at}, and that can no longer be moved.")]


def in_words(moment: datetime) -> str:
    """A moment for a reader, in local time: `10 May 2027, 12:00 BST`."""
    return f"{moment.astimezone(LOCAL_TIME):%-d %B %Y, %H:%M %Z}"


def faults_in_years(calendar: RoundCalendar) -> list[Fault]:
    """The faults of years outside `YEARS`; such a calendar is not checked any further."""
    years = {name: value.year for name, value in calendar if isinstance(value, datetime)}
    years |= {f"weeks.{index}.starts_on": week.starts_on.year for index, week in enumerate(calendar.weeks)}
    return [
        Fault(field=field, reason=f"The year must be from {YEARS[0]} to {YEARS[-1]}.")
        for field, year in years.items()
        if year not in YEARS
    ]


def _first_morning(calendar: RoundCalendar) -> datetime:
    return datetime.combine(min(week.starts_on for week in calendar.weeks), time.min, LOCAL_TIME)


def _faults_in_weeks(weeks: list[PlacementWeek]) -> list[Fault]:
    faults = []
    for index, week in enumerate(weeks):
        if week.starts_on.weekday() != MONDAY:
            faults.append(Fault(field=f"weeks.{index}.starts_on", reason="A placement week must start on a Monday."))
        if week.ends_on - week.starts_on != MONDAY_TO_FRIDAY:
            faults.append(
                Fault(
                    field=f"weeks.{index}.ends_on", reason="A placement week must end on the Friday after its Monday."
                )
            )
    if len({week.week for week in weeks}) < len(weeks) or len({week.starts_on for week in weeks}) < len(weeks):
        faults.append(Fault(field="weeks", reason="Each week must have a number and dates of its own."))
    return faults or list(_faults_in_numbers(weeks))


def _faults_in_numbers(weeks: list[PlacementWeek]) -> Iterator[Fault]:
    """The faults of weeks whose distance does not match their numbers: they cannot be weeks of one term."""
    first = weeks[0]
    for index, week in enumerate(weeks):
        monday = first.starts_on + timedelta(weeks=week.week - first.week)
        if week.starts_on != monday:
            reason = f"If week {first.week} begins on {_in_full(first.starts_on)}, week {week.week} begins on "
            yield Fault(field=f"weeks.{index}.starts_on", reason=f"{reason}{_in_full(monday)}.")


def _in_full(day: date) -> str:
    return f"{day:%A %-d %B %Y}"
