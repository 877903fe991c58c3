from datetime import UTC, datetime, timedelta, timezone

import pytest

from ninthweek.demonstration.clock import SteppedClock

MOMENT = datetime(2027, 4, 21, 8, tzinfo=UTC)


def test_it_stands_until_it_is_stepped_and_tells_utc() -> None:
    clock = SteppedClock(MOMENT)
    assert clock() == clock() == MOMENT
    clock.step_to(datetime(2027, 4, 21, 10, tzinfo=timezone(timedelta(hours=1))))
    assert clock() == MOMENT + timedelta(hours=1)
    assert clock().tzinfo is UTC


def test_it_never_goes_back() -> None:
    clock = SteppedClock(MOMENT)
    clock.step_to(MOMENT)
    with pytest.raises(ValueError, match="does not go back"):
        clock.step_to(MOMENT - timedelta(microseconds=1))
