import asyncio
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from ninthweek.demonstration.clock import NOTED_AHEAD, SteppedClock, note_moment, noted_moment, resumed

MOMENT = datetime(2027, 4, 21, 8, tzinfo=UTC)


def test_it_stands_until_it_is_stepped_and_returns_utc() -> None:
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


def test_the_data_of_a_real_programme_has_no_moment(tmp_path: Path) -> None:
    assert noted_moment(tmp_path) is None


async def test_time_goes_on_from_the_moment_and_the_next_time_from_where_it_had_come_to(tmp_path: Path) -> None:
    note_moment(tmp_path, MOMENT)
    async with resumed(tmp_path, MOMENT) as clock:
        first, second = clock(), clock()
    assert MOMENT <= first < second < MOMENT + timedelta(minutes=1)
    noted = noted_moment(tmp_path)
    assert noted is not None
    assert second < noted < MOMENT + timedelta(minutes=1)


async def test_after_a_process_that_was_killed_time_does_not_go_back(tmp_path: Path) -> None:
    async with resumed(tmp_path, MOMENT) as clock:
        while (noted := noted_moment(tmp_path)) is None:
            await asyncio.sleep(0)
        assert clock() < noted <= clock() + NOTED_AHEAD
