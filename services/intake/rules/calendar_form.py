"""A round's calendar in a form: how the form shows it, and how it is made from what staff type.

Moments are typed in the university's local time. A placement week is typed as its number and its Monday, or as its
number alone if the term's first day is given.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import takewhile
from typing import Any, Final

from services.intake.rules.milestones import WHAT_HAPPENS
from services.intake.rules.rounds import YEARS, Round
from services.intake.rules.terms import SUNDAY, WEEKS_OF_PLACEMENTS, monday_of, placement_week, term_of
from shared.clock import LOCAL_TIME
from shared.contracts.faults import Fault
from shared.contracts.intake import RoundCalendar

MOST_WEEKS: Final = 10
TERM_BEGINS: Final = "term_begins_on"

_SET_BY_FIRST: Final = ("submissions_open_at", "submissions_close_at")
"""What a second round has from its first."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into a form, by field name; `weeks` are pairs of a number and a Monday."""

    fields: Mapping[str, str]
    weeks: Sequence[tuple[str, str]]

    @property
    def term_begins_on(self) -> date | None:
        return _day(self.fields.get(TERM_BEGINS, ""))


def moments_of(follows: str | None) -> list[tuple[str, str]]:
    """The moments that a form asks for, each with what happens then."""
    return [(field, what) for field, what in WHAT_HAPPENS.items() if not (follows and field in _SET_BY_FIRST)]


def blank() -> Typed:
    """A form with only the usual values filled in."""
    fields = dict.fromkeys(_names(None), "") | {"applications_per_student": "2", "reply_within_days": "3"}
    return Typed(fields, [(str(week), "") for week in WEEKS_OF_PLACEMENTS])


def as_typed(calendar: RoundCalendar) -> Typed:
    """A calendar as a form shows it."""
    fields = {name: _on_the_clock(value) for name, value in calendar if isinstance(value, datetime)}
    fields |= {
        "name": calendar.name,
        "reply_within_days": str(calendar.reply_within_days),
        "applications_per_student": str(calendar.applications_per_student),
        TERM_BEGINS: term_of(calendar.weeks[0]).isoformat(),
    }
    return Typed(fields, [(str(week.week), week.starts_on.isoformat()) for week in calendar.weeks])


def read(form: Mapping[str, str], *, follows: str | None) -> Typed:
    """What was typed, with missing Mondays filled in if the term's first day is given."""
    fields = {name: form.get(name, "") for name in _names(follows)}
    rows = takewhile(lambda place: f"weeks.{place}.week" in form, range(MOST_WEEKS))
    weeks = [(form[f"weeks.{place}.week"], form.get(f"weeks.{place}.starts_on", "")) for place in rows]
    typed = Typed(fields, [week for week in weeks if any(week)] or weeks)
    return Typed(fields, [(number, monday or _monday(number, typed)) for number, monday in typed.weeks])


def values_of(
    typed: Typed, *, first: Round | None, current: RoundCalendar | None
) -> tuple[dict[str, Any], list[Fault]]:
    """The values of a calendar, and the faults in what was typed. A second round has the other values from its first.

    A moment that was left as the form showed it is not read again from its text: in the October night in which the
    clocks go back, the same text stands for two moments.
    """
    shown = as_typed(current).fields if current else {}
    values: dict[str, Any] = {"name": typed.fields["name"], "follows": first.round_id if first else None}
    faults = [] if values["name"] else [Fault(field="name", reason="Give the round a name.")]
    for field, what in moments_of(values["follows"]):
        text = typed.fields[field]
        values[field] = getattr(current, field) if current and shown[field] == text else _moment(text)
        if values[field] is None:
            faults.append(Fault(field=field, reason=f"{what}: give the day and the time."))
    for field, what in (
        ("reply_within_days", "Days to reply to an offer"),
        ("applications_per_student", "Applications a student may make"),
    ):
        values[field] = _number(typed.fields[field])
        if values[field] is None:
            faults.append(Fault(field=field, reason=f"{what}: give a number."))
    if first:
        values |= {name: getattr(first, name) for name in (*_SET_BY_FIRST, "weeks")}
        return values, faults
    in_weeks = list(_faults_in_weeks(typed))
    values["weeks"] = (
        [] if in_weeks else [placement_week(int(number), date.fromisoformat(monday)) for number, monday in typed.weeks]
    )
    return values, [*faults, *_faults_in_term(typed), *in_weeks]


def faults_in_term_begin(typed: str, field: str = TERM_BEGINS) -> list[Fault]:
    """A fault if what was typed is not the first day of a term."""
    day = _day(typed)
    if day is None or day.weekday() != SUNDAY or day.year not in YEARS:
        return [Fault(field=field, reason="A term begins on the Sunday of its 1st week: give that day.")]
    return []


def _names(follows: str | None) -> list[str]:
    moments = [field for field, _ in moments_of(follows)]
    return ["name", "reply_within_days", "applications_per_student", TERM_BEGINS, *moments]


def _faults_in_term(typed: Typed) -> list[Fault]:
    return faults_in_term_begin(typed.fields[TERM_BEGINS]) if typed.fields[TERM_BEGINS] else []


def _faults_in_weeks(typed: Typed) -> Iterator[Fault]:
    if not typed.weeks:
        yield Fault(field="weeks", reason="Give at least one placement week.")
    for place, (number, monday) in enumerate(typed.weeks):
        expected, given = _monday(number, typed), _day(monday)
        if _number(number) is None:
            yield Fault(field=f"weeks.{place}.week", reason="Give the number of the week of term: 9 or 10.")
        elif given is None:
            reason = f"Give the Monday of week {number}, or the term's first day."
            yield Fault(field=f"weeks.{place}.starts_on", reason=reason)
        elif expected and expected != monday:
            begins = f"{date.fromisoformat(expected):%A %-d %B %Y}"
            reason = f"In the term that begins on {typed.term_begins_on:%-d %B %Y}, week {number} begins on {begins}."
            yield Fault(field=f"weeks.{place}.starts_on", reason=reason)


def _monday(number: str, typed: Typed) -> str:
    """The Monday of a week, from the term's first day; empty if either of them cannot be read."""
    begins_on, week = typed.term_begins_on, _number(number)
    if begins_on is None or begins_on.weekday() != SUNDAY or begins_on.year not in YEARS or week is None:
        return ""
    return monday_of(week, begins_on).isoformat()


def _on_the_clock(moment: datetime) -> str:
    """A moment in the format of `<input type="datetime-local">`."""
    local = moment.astimezone(LOCAL_TIME).replace(tzinfo=None)
    return local.isoformat(timespec="minutes" if local == local.replace(second=0, microsecond=0) else "auto")


def _moment(typed: str) -> datetime | None:
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=LOCAL_TIME).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _number(typed: str) -> int | None:
    return int(typed) if typed.isdecimal() and len(typed) <= 3 else None
