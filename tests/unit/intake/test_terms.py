"""The weeks of a term, and a calendar copied from one to another."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.rules.calendars import faults_in_new
from services.intake.rules.terms import copied, monday_of, next_name, placement_week, term_of
from shared.clock import LOCAL_TIME
from shared.contracts.intake import RoundCalendar
from tests.support.intake import a_calendar

TRINITY_2027 = date(2027, 4, 25)
sundays = st.integers(0, 52 * 40).map(lambda weeks: date(2026, 1, 4) + timedelta(weeks=weeks))
office_hours = st.times().filter(lambda time: 7 <= time.hour < 20)


@st.composite
def calendars(draw: st.DrawFn) -> RoundCalendar:
    """Valid calendars of any term, with moments in office hours."""
    term = draw(sundays)
    days = sorted(draw(st.lists(st.integers(-80, 50), min_size=6, max_size=6, unique=True)))
    moments = [
        datetime.combine(term + timedelta(days=day), draw(office_hours), LOCAL_TIME).astimezone(UTC) for day in days
    ]
    names = ("submissions_open_at", "submissions_close_at", "opens_at", "closes_at", "rankings_due_at", "offers_at")
    weeks = [placement_week(number, monday_of(number, term)) for number in (9, 10)]
    return a_calendar(**dict(zip(names, moments, strict=True)), weeks=weeks)


def moments(calendar: RoundCalendar) -> list[datetime]:
    return [value.astimezone(LOCAL_TIME) for _, value in calendar if isinstance(value, datetime)]


def test_the_9th_and_10th_week_are_counted_from_the_sunday_of_1st_week() -> None:
    assert monday_of(9, TRINITY_2027) == date(2027, 6, 21)
    assert monday_of(10, TRINITY_2027) == date(2027, 6, 28)
    assert monday_of(1, TRINITY_2027) == date(2027, 4, 26)


@given(sundays, st.integers(-5, 20))
def test_the_term_follows_from_a_weeks_number_and_monday(term: date, number: int) -> None:
    assert monday_of(number, term).weekday() == 0
    assert term_of(placement_week(number, monday_of(number, term))) == term


@given(calendars(), sundays)
def test_a_copied_calendar_keeps_weekdays_and_times_and_is_valid(calendar: RoundCalendar, term: date) -> None:
    copy = copied(calendar, term)

    assert faults_in_new(calendar, []) == []
    assert faults_in_new(copy, []) == []
    shift = term - term_of(calendar.weeks[0])
    for before, after in zip(moments(calendar), moments(copy), strict=True):
        assert after.date() - before.date() == shift
        assert (after.weekday(), after.time()) == (before.weekday(), before.time())
    assert [week.week for week in copy.weeks] == [9, 10]
    assert [week.starts_on - old.starts_on for week, old in zip(copy.weeks, calendar.weeks, strict=True)] == [shift] * 2


@given(calendars(), sundays)
def test_a_calendar_copied_there_and_back_is_the_same(calendar: RoundCalendar, term: date) -> None:
    back = copied(copied(calendar, term), term_of(calendar.weeks[0]))
    assert back.model_copy(update={"name": calendar.name}) == calendar


def test_a_time_that_the_clocks_skip_becomes_an_hour_later() -> None:
    calendar = a_calendar(opens_at=datetime(2027, 4, 25, 1, 30, tzinfo=LOCAL_TIME))
    # Four weeks earlier is the night of 28 March, in which the clocks go from 01:00 to 02:00.
    opens_at = copied(calendar, TRINITY_2027 - timedelta(weeks=4)).opens_at.astimezone(LOCAL_TIME)
    assert (opens_at.date(), opens_at.hour, opens_at.minute) == (date(2027, 3, 28), 2, 30)


@pytest.mark.parametrize(
    ("name", "following"),
    [
        ("Trinity 2027", "Michaelmas 2027"),
        ("Michaelmas 2027", "Hilary 2028"),
        ("Hilary 2028", "Trinity 2028"),
        ("Summer pilot", "Summer pilot"),
        ("Trinity 2027, second round", "Trinity 2027, second round"),
    ],
)
def test_the_next_term_has_its_own_name(name: str, following: str) -> None:
    assert next_name(name) == following
