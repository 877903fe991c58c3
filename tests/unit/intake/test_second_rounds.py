"""Second rounds: which of a pair takes an application, and which calendars fit the round that they follow."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.rules.calendars import faults_in_change, faults_in_new, new_round
from services.intake.rules.rounds import Round
from services.intake.rules.second_rounds import carried_along, round_for_application, suggested
from services.intake.rules.terms import monday_of, placement_week
from shared.contracts.faults import Fault
from shared.contracts.intake import RoundCalendar
from shared.contracts.rounds import both_rounds, first_round, is_second_round, second_round
from tests.support.intake import CLOSES, OPENS, a_calendar, a_round

FIRST = a_round()
ANSWERED = FIRST.offers_at + timedelta(days=3)
SMALLEST = timedelta(microseconds=1)


def a_second_calendar(**changes: Any) -> RoundCalendar:
    return suggested(FIRST).model_copy(update=changes)


SECOND = new_round(a_second_calendar())


def fields(faults: Sequence[Fault]) -> list[str]:
    return [fault.field for fault in faults]


def new(**changes: Any) -> list[str]:
    """The fields at fault in a new second round with these changes."""
    return fields(faults_in_new(a_second_calendar(**changes), [FIRST]))


def test_a_second_rounds_id_is_made_of_the_firsts() -> None:
    assert SECOND.round_id == second_round("trinity-2027") == "trinity-2027.2"
    assert first_round("trinity-2027.2") == first_round("trinity-2027") == "trinity-2027"
    assert both_rounds("trinity-2027.2") == both_rounds("trinity-2027") == ("trinity-2027", "trinity-2027.2")
    assert (is_second_round("trinity-2027.2"), is_second_round("trinity-2027")) == (True, False)


@given(st.integers(1, 10), st.integers(0, 6), st.integers(7, 19))
def test_the_calendar_that_a_form_suggests_is_valid(reply: int, day: int, hour: int) -> None:
    first = a_round(
        offers_at=FIRST.offers_at.replace(hour=hour) - timedelta(days=day - 2),
        rankings_due_at=CLOSES,
        reply_within_days=reply,
    )
    assert fields(faults_in_new(suggested(first), [first])) == []
    assert all(getattr(suggested(first), name).weekday() < 5 for name in ("opens_at", "closes_at", "offers_at"))


@pytest.mark.parametrize(
    ("changes", "at_fault"),
    [
        ({"follows": "hilary-2027"}, ["follows"]),
        ({"opens_at": ANSWERED}, []),
        ({"opens_at": ANSWERED - SMALLEST}, ["opens_at"]),
        ({"opens_at": ANSWERED, "offers_at": ANSWERED + timedelta(days=8)}, []),
        ({"closes_at": ANSWERED}, ["closes_at"]),
        ({"weeks": [placement_week(10, date(2027, 6, 28))]}, ["weeks"]),
        ({"submissions_open_at": OPENS - timedelta(days=60)}, ["submissions_open_at"]),
        ({"name": "…"}, ["name"]),
    ],
)
def test_a_second_round_that_does_not_fit_its_first_names_the_field(
    changes: dict[str, Any], at_fault: list[str]
) -> None:
    assert new(**changes) == at_fault


def test_offers_of_the_second_wait_for_answers_to_places_passed_on_just_before_it_opened() -> None:
    opens_at = ANSWERED + timedelta(days=1)
    times = {"opens_at": opens_at, "closes_at": opens_at + timedelta(hours=1)}
    times |= {"rankings_due_at": opens_at + timedelta(hours=2)}
    assert new(**times, offers_at=opens_at + timedelta(days=3) - SMALLEST) == ["offers_at"]
    assert new(**times, offers_at=opens_at + timedelta(days=3)) == []


def test_a_first_round_has_one_second_and_a_second_has_none() -> None:
    after_it = a_second_calendar(follows=SECOND.round_id)
    assert "follows" in fields(faults_in_new(after_it, [FIRST, SECOND]))
    assert fields(faults_in_new(a_second_calendar(name="Another"), [FIRST, SECOND])) == ["follows"]
    assert faults_in_change(SECOND, a_second_calendar(name="Another"), [FIRST, SECOND], now=OPENS) == []


def test_what_a_round_follows_is_not_changed() -> None:
    as_first = SECOND.calendar.model_copy(update={"follows": None})
    assert "follows" in fields(faults_in_change(SECOND, as_first, [FIRST, SECOND], now=OPENS))


def test_the_opening_of_a_second_round_that_has_opened_is_not_moved() -> None:
    later = a_second_calendar(opens_at=SECOND.opens_at + timedelta(hours=1))
    rounds = [FIRST, SECOND]
    assert faults_in_change(SECOND, later, rounds, now=SECOND.opens_at - SMALLEST) == []
    assert fields(faults_in_change(SECOND, later, rounds, now=SECOND.opens_at)) == ["opens_at"]


def test_a_first_round_cannot_be_moved_into_its_second() -> None:
    rounds = [FIRST, SECOND]
    later = FIRST.calendar.model_copy(update={"offers_at": FIRST.offers_at + SMALLEST})
    assert fields(faults_in_change(FIRST, later, rounds, now=OPENS)) == ["offers_at"]
    longer = FIRST.calendar.model_copy(update={"reply_within_days": 15, "offers_at": CLOSES})
    assert "reply_within_days" in fields(faults_in_change(FIRST, longer, rounds, now=OPENS))


def test_a_second_round_gets_the_new_weeks_of_its_first() -> None:
    week = placement_week(10, date(2027, 6, 28))
    moved = FIRST.calendar.model_copy(update={"weeks": [week]})
    assert faults_in_change(FIRST, moved, [FIRST, SECOND], now=OPENS) == []
    assert carried_along(SECOND, moved) == SECOND.calendar.model_copy(update={"weeks": [week]})


def test_an_application_is_for_the_second_round_from_its_opening_on() -> None:
    assert round_for_application([FIRST, SECOND], SECOND.opens_at) == SECOND
    assert round_for_application([FIRST, SECOND], SECOND.opens_at - SMALLEST) == FIRST
    assert round_for_application([FIRST], SECOND.closes_at) == FIRST
    assert round_for_application([], OPENS) is None


class TestBesideOtherRounds:
    """Two first rounds, of two terms."""

    @staticmethod
    def other(**changes: Any) -> Round:
        term = date(2027, 10, 10)
        facts: dict[str, Any] = {
            "name": "Michaelmas 2027",
            **{name: getattr(FIRST, name) + timedelta(weeks=24) for name in ("opens_at", "closes_at")},
            **{name: getattr(FIRST, name) + timedelta(weeks=24) for name in ("rankings_due_at", "offers_at")},
            "weeks": [placement_week(9, monday_of(9, term)), placement_week(10, monday_of(10, term))],
        }
        return a_round(round_id="michaelmas-2027", **facts | changes)

    def faults(self, **changes: Any) -> dict[str, str]:
        other = self.other(**changes)
        return {fault.field: fault.reason for fault in faults_in_new(other.calendar, [FIRST, SECOND])}

    def test_rounds_of_two_terms_are_valid_even_if_both_take_proposals(self) -> None:
        assert self.faults() == {}

    def test_two_first_rounds_never_share_a_placement_week(self) -> None:
        other = self.other(weeks=[placement_week(8, date(2027, 6, 14)), *FIRST.weeks])
        reasons = {fault.field: fault.reason for fault in faults_in_new(other.calendar, [FIRST])}
        assert "week 9 of Trinity 2027" in reasons["weeks.1.starts_on"]
        assert "weeks.0.starts_on" not in reasons

    def test_applications_are_taken_for_one_round_at_a_time(self) -> None:
        overlapping = self.faults(opens_at=CLOSES - SMALLEST, closes_at=CLOSES + timedelta(hours=1))
        assert list(overlapping) == ["opens_at"]
        assert "Trinity 2027 close on 10 May 2027, 12:00 BST" in overlapping["opens_at"]
        assert self.faults(opens_at=SECOND.closes_at) == {}
        before = self.faults(opens_at=OPENS - timedelta(days=3), closes_at=OPENS + SMALLEST)
        assert list(before) == ["closes_at"]
        assert self.faults(opens_at=OPENS - timedelta(days=3), closes_at=OPENS) == {}

    def test_applications_are_not_taken_while_anothers_second_round_takes_them(self) -> None:
        assert "Trinity 2027, second round" in self.faults(opens_at=SECOND.opens_at)["opens_at"]

    def test_a_round_does_not_overlap_with_itself(self) -> None:
        assert faults_in_change(FIRST, a_calendar(applications_per_student=3), [FIRST], now=OPENS) == []
