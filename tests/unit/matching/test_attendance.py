"""Which attendance a host may record, and when."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.matching.rules import attendance
from services.matching.rules.attendance import Presence
from services.matching.rules.life import Application, Days, State
from shared.refusals import NotAllowed
from tests.support.matching import DAYS, application

MONDAY, FRIDAY = DAYS.starts_on, DAYS.ends_on
FIRST_MORNING = datetime(2027, 6, 20, 23, tzinfo=UTC)
LAST_MOMENT = datetime(2027, 7, 9, 23, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
PLACEMENT = application("S1", "P1", state=State.CONFIRMED)


def test_a_placements_days_are_its_working_days() -> None:
    over_a_weekend = Days(date(2027, 6, 25), date(2027, 6, 28))

    assert [day.day for day in attendance.working_days(DAYS)] == [21, 22, 23, 24, 25]
    assert attendance.working_days(over_a_weekend) == [date(2027, 6, 25), date(2027, 6, 28)]


def test_a_day_can_be_recorded_once_it_has_begun_in_local_time() -> None:
    assert attendance.days_that_have_come(DAYS, FIRST_MORNING - MOMENT) == []
    assert attendance.days_that_have_come(DAYS, FIRST_MORNING) == [MONDAY]
    assert attendance.days_that_have_come(DAYS, LAST_MOMENT)[-1] == FRIDAY


@pytest.mark.parametrize("state", [State.CONFIRMED, State.COMPLETED])
@pytest.mark.parametrize("now", [FIRST_MORNING, LAST_MOMENT - MOMENT])
def test_attendance_is_recorded_from_the_first_day_until_two_weeks_after_the_last(state: State, now: datetime) -> None:
    attendance.check_open(application("S1", "P1", state=state), now)


@pytest.mark.parametrize(
    ("placement", "now", "reason"),
    [
        (PLACEMENT, FIRST_MORNING - MOMENT, "has not begun"),
        (PLACEMENT, LAST_MOMENT, "can no longer be changed"),
        (application("S1", "P1", state=State.CANCELLED), FIRST_MORNING, "was cancelled"),
    ],
)
def test_nothing_is_recorded_at_other_times_or_for_a_cancelled_placement(
    placement: Application, now: datetime, reason: str
) -> None:
    with pytest.raises(NotAllowed, match=reason):
        attendance.check_open(placement, now)


def test_a_day_to_come_a_day_outside_the_placement_and_an_unknown_presence_are_faults() -> None:
    recorded = {MONDAY: "present", FRIDAY: "absent", date(2027, 6, 19): "present"}

    faults = attendance.faults_in(recorded, DAYS, FIRST_MORNING)

    assert [fault.field for fault in faults] == ["day-2027-06-25", "day-2027-06-19"]
    assert [fault.field for fault in attendance.faults_in({MONDAY: "late"}, DAYS, FIRST_MORNING)] == ["day-2027-06-21"]


@pytest.mark.parametrize(
    ("words", "did_not_come"),
    [
        ("", False),
        ("present", False),
        ("absent", True),
        ("excused", False),
        ("absent excused", True),
        ("absent present", False),
    ],
)
def test_a_no_show_was_absent_and_never_there(words: str, did_not_come: bool) -> None:
    days = attendance.working_days(DAYS)
    recorded = {day: Presence(word) for day, word in zip(days, words.split(), strict=False)}

    assert attendance.did_not_come(recorded) is did_not_come
