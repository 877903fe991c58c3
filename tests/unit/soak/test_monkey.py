"""The monkey does the same for the same seed, counts what it did, and leaves nothing in progress."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from itertools import cycle, islice
from random import Random
from unittest.mock import Mock

import pytest

from tests.soak.faults import Faults
from tests.soak.monkey import KINDS, Kind, Monkey, Strike, plan

MANY = 10_000


def _without_pause(*kinds: Kind) -> Iterator[Strike]:
    """These kinds in turn, without end."""
    return (Strike(0.0, kind, Random(0)) for kind in cycle(kinds))


def _drawn(seed: int, number: int) -> list[tuple[float, str, float]]:
    return [(strike.pause, strike.kind.name, strike.dice.random()) for strike in islice(plan(seed), number)]


def test_a_seed_makes_the_same_plan_each_time_and_another_seed_another() -> None:
    assert _drawn(7, 200) == _drawn(7, 200)
    assert _drawn(7, 200) != _drawn(8, 200)


def test_every_kind_comes_up_in_ten_thousand_faults_and_costly_ones_are_few() -> None:
    counts = Counter(strike.kind for strike in islice(plan(1), MANY))
    assert set(counts) == set(KINDS)
    assert sum(number for kind, number in counts.items() if kind.is_costly) < MANY / 50


def test_every_kind_of_the_table_can_be_injected() -> None:
    parts = ("databases", "brokers", "postgresql", "rabbitmq", "supervisor", "audit", "mails", "chronicle")
    faults = Faults(database_url="", **{part: Mock() for part in parts})
    assert {kind.name for kind in KINDS} == set(faults.injectors)


async def test_only_what_hit_something_is_counted_and_no_more_than_asked_for() -> None:
    dealt: list[bool] = []

    async def hit_every_other(_dice: Random) -> bool:
        dealt.append(len(dealt) % 2 == 0)
        return dealt[-1]

    monkey = Monkey(_without_pause(Kind("a fault", 1)), at_most=3)
    async with monkey.loose({"a fault": hit_every_other}):
        while not monkey.is_done:
            await asyncio.sleep(0)
    assert monkey.counts == {"a fault": 3}
    assert len(dealt) >= 5


async def test_faults_in_progress_have_ended_when_the_monkey_is_caught() -> None:
    begun, ended = asyncio.Event(), False

    async def take_a_while(_dice: Random) -> bool:
        nonlocal ended
        begun.set()
        await asyncio.sleep(0.01)
        ended = True
        return True

    async with Monkey(_without_pause(Kind("a fault", 1)), at_most=1).loose({"a fault": take_a_while}):
        await begun.wait()
    assert ended


async def test_costly_faults_come_one_at_a_time() -> None:
    begun = 0
    first = asyncio.Event()

    async def end_a_server(_dice: Random) -> bool:
        nonlocal begun
        begun += 1
        await first.wait()
        return True

    async def look(_dice: Random) -> bool:
        return True

    strikes = _without_pause(Kind("costly", 1, is_costly=True), Kind("cheap", 1))
    monkey = Monkey(strikes, at_most=20)
    async with monkey.loose({"costly": end_a_server, "cheap": look}):
        while not monkey.is_done:
            await asyncio.sleep(0)
        first.set()
    assert begun == 1


async def test_the_error_of_a_fault_is_raised() -> None:
    begun = asyncio.Event()

    async def fail(_dice: Random) -> bool:
        begun.set()
        raise RuntimeError("no such server")

    with pytest.raises(RuntimeError, match="no such server"):
        async with Monkey(_without_pause(Kind("a fault", 1))).loose({"a fault": fail}):
            await begun.wait()
