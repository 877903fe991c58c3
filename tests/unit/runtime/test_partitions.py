"""Which partition a moment belongs to, and that none is filled again before all of it is forgotten."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.runtime.partitions import SLOTS, Partitions

MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - what it takes


def test_partitions_are_filled_in_turn() -> None:
    partitions, day = Partitions(timedelta(days=6)), timedelta(days=1)
    begin = datetime(2027, 4, 1, tzinfo=UTC)
    slots = [partitions.slot(begin + number * day) for number in range(SLOTS + 1)]
    assert sorted(slots[:SLOTS]) == list(range(SLOTS))
    assert slots[SLOTS] == slots[0]


@given(MOMENTS, st.timedeltas(timedelta(days=1), timedelta(days=400)), st.floats(0, 1))
def test_what_is_remembered_is_never_in_the_partition_that_is_filled_next(
    now: datetime, remember: timedelta, part: float
) -> None:
    partitions = Partitions(remember)
    next_slot = (partitions.slot(now) + 1) % SLOTS
    assert partitions.slot(now - remember * part) != next_slot
