from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.rules.rounds import (
    Window,
    applications_window,
    faults_in_calendar,
    faults_in_closing,
    in_words,
    round_for,
    slug,
    submissions_window,
)
from shared.contracts.intake import PlacementWeek
from tests.support.intake import CLOSES, OPENS, SUBMISSIONS_CLOSE, SUBMISSIONS_OPEN, a_calendar, a_round

moments = st.datetimes(datetime(2027, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
SMALLEST = timedelta(microseconds=1)


def fields_at_fault(**changes: Any) -> list[str]:
    return [fault.field for fault in faults_in_calendar(a_calendar(**changes))]


def week(number: int, monday: date, days: int = 4) -> PlacementWeek:
    return PlacementWeek(week=number, starts_on=monday, ends_on=monday + timedelta(days=days))


@given(moments, st.timedeltas(timedelta(minutes=1), timedelta(days=30)))
def test_a_window_includes_its_opening_and_excludes_its_close(opens_at: datetime, length: timedelta) -> None:
    window = Window(opens_at, opens_at + length)
    assert opens_at in window
    assert opens_at - SMALLEST not in window
    assert opens_at + length - SMALLEST in window
    assert opens_at + length not in window


def test_the_offset_of_a_time_does_not_matter() -> None:
    window = applications_window(a_calendar())
    assert OPENS.astimezone(UTC) in window
    assert CLOSES.astimezone(UTC) not in window


def test_a_moment_belongs_to_the_round_that_takes_it() -> None:
    hilary = a_round(
        round_id="hilary-2027",
        submissions_open_at=SUBMISSIONS_OPEN - timedelta(days=90),
        submissions_close_at=SUBMISSIONS_OPEN - timedelta(days=60),
    )
    rounds = [hilary, a_round()]
    assert round_for(rounds, SUBMISSIONS_OPEN, submissions_window) == a_round()
    assert round_for(rounds, SUBMISSIONS_OPEN - timedelta(days=70), submissions_window) == hilary


def test_between_rounds_it_is_the_next_to_open_and_after_all_of_them_the_last() -> None:
    later = a_round(
        round_id="michaelmas-2027",
        submissions_open_at=SUBMISSIONS_CLOSE + timedelta(days=90),
        submissions_close_at=SUBMISSIONS_CLOSE + timedelta(days=120),
    )
    rounds = [later, a_round()]
    assert round_for(rounds, SUBMISSIONS_OPEN - SMALLEST, submissions_window) == a_round()
    assert round_for(rounds, SUBMISSIONS_CLOSE, submissions_window) == later
    assert round_for(rounds, SUBMISSIONS_CLOSE + timedelta(days=200), submissions_window) == later
    assert round_for([], SUBMISSIONS_OPEN, submissions_window) is None


def test_of_overlapping_rounds_a_correction_stays_in_its_own() -> None:
    other = a_round(round_id="other", submissions_close_at=SUBMISSIONS_CLOSE - timedelta(days=1))
    rounds = [a_round(), other]
    assert round_for(rounds, SUBMISSIONS_OPEN, submissions_window) == other
    assert round_for(rounds, SUBMISSIONS_OPEN, submissions_window, "trinity-2027") == a_round()


def test_a_correction_that_is_late_for_its_own_round_is_for_the_one_that_is_open() -> None:
    next_round = a_round(
        round_id="next",
        submissions_open_at=SUBMISSIONS_CLOSE,
        submissions_close_at=SUBMISSIONS_CLOSE + timedelta(days=9),
    )
    assert round_for([a_round(), next_round], SUBMISSIONS_CLOSE, submissions_window, "trinity-2027") == next_round


@given(st.lists(st.integers(0, 50), min_size=1), moments)
def test_if_there_is_any_round_one_is_found(days: list[int], moment: datetime) -> None:
    rounds = [
        a_round(round_id=f"r{day}", opens_at=OPENS + timedelta(days=day), closes_at=CLOSES + timedelta(days=day))
        for day in days
    ]
    found = round_for(rounds, moment, applications_window)
    assert found in rounds
    if any(moment in applications_window(each) for each in rounds):
        assert found is not None
        assert moment in applications_window(found)


def test_a_valid_calendar_has_no_fault() -> None:
    assert fields_at_fault() == []


def test_the_windows_of_proposals_and_applications_may_overlap() -> None:
    assert fields_at_fault(submissions_close_at=CLOSES, submissions_open_at=OPENS - timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"submissions_close_at": SUBMISSIONS_OPEN}, ["submissions_close_at"]),
        ({"closes_at": OPENS}, ["closes_at"]),
        ({"rankings_due_at": CLOSES - SMALLEST}, ["rankings_due_at"]),
        ({"offers_at": CLOSES}, ["offers_at"]),
        ({"offers_at": datetime.fromisoformat("2027-06-21T00:00:00+01:00")}, ["offers_at"]),
        ({"name": "…"}, ["name"]),
        ({"name": "Trinity\n2027"}, ["name"]),
        ({"closes_at": CLOSES.replace(year=2207), "opens_at": OPENS.replace(year=27)}, ["opens_at", "closes_at"]),
        ({"weeks": [week(9, date(2027, 6, 22))]}, ["weeks.0.starts_on"]),
        ({"weeks": [week(9, date(2027, 6, 21), days=5)]}, ["weeks.0.ends_on"]),
        ({"weeks": [week(9, date(2027, 6, 21)), week(9, date(2027, 6, 28))]}, ["weeks"]),
        ({"weeks": [week(9, date(2027, 6, 21)), week(10, date(2027, 6, 21))]}, ["weeks"]),
    ],
)
def test_the_fault_of_a_calendar_names_its_field(changes: dict[str, Any], fields: list[str]) -> None:
    assert fields_at_fault(**changes) == fields


def test_all_faults_of_a_calendar_are_named_at_once() -> None:
    fields = fields_at_fault(
        name="…", closes_at=OPENS, rankings_due_at=SUBMISSIONS_OPEN, weeks=[week(9, date(2027, 6, 22), days=1)]
    )
    assert fields == ["name", "closes_at", "rankings_due_at", "weeks.0.starts_on", "weeks.0.ends_on"]


def test_offers_may_go_out_the_moment_before_the_first_week_begins() -> None:
    assert fields_at_fault(offers_at=datetime.fromisoformat("2027-06-20T23:59:59+01:00")) == []


def test_a_timer_matters_only_for_the_close_that_the_round_has_now() -> None:
    moved = a_round().with_calendar(a_calendar(closes_at=CLOSES + timedelta(days=1)))
    assert moved.round_version == 2
    assert not moved.closes_now(CLOSES)
    assert moved.closes_now(CLOSES + timedelta(days=1))


def test_a_round_closes_once() -> None:
    assert not a_round(applications_closed_at=CLOSES).closes_now(CLOSES)


def test_a_close_that_has_happened_is_not_moved() -> None:
    closed = a_round(applications_closed_at=CLOSES)
    assert [fault.field for fault in faults_in_closing(closed, a_calendar(closes_at=CLOSES - SMALLEST))] == [
        "closes_at"
    ]
    assert faults_in_closing(closed, a_calendar(offers_at=OPENS)) == []
    assert faults_in_closing(a_round(), a_calendar(closes_at=CLOSES - SMALLEST)) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Trinity 2027", "trinity-2027"), ("  Été — 2027! ", "ete-2027"), ("§", ""), ("a" * 80, "a" * 64)],
)
def test_a_rounds_id_is_made_of_its_name(name: str, expected: str) -> None:
    assert slug(name) == expected


def test_moments_are_shown_in_local_time() -> None:
    assert in_words(CLOSES.astimezone(UTC)) == "10 May 2027, 12:00 BST"
    assert in_words(SUBMISSIONS_OPEN) == "8 March 2027, 09:00 GMT"
