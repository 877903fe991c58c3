"""Quiet is found by counting: it is neither reported too early nor waited for in vain."""

import asyncio
from dataclasses import dataclass, field

import pytest

from ninthweek.demonstration.quiet import NeverQuiet, quiet
from shared.database.connection import DatabaseAway


@dataclass
class FlightInMemory:
    """A flight whose messages the test publishes and handles."""

    in_flight: int = 0
    published_count: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def publish(self) -> None:
        self.in_flight += 1
        self.published_count += 1

    def handle(self) -> None:
        self.in_flight -= 1
        self.changed.set()

    async def until_empty(self) -> None:
        while self.in_flight:
            self.changed.clear()
            await self.changed.wait()


@dataclass
class PublisherInMemory:
    """A service whose outbox answers what the test sets, and in which things happen while it is read."""

    flight: FlightInMemory
    answers: list[bool | Exception]
    happens: list[str] = field(default_factory=list)

    async def anything_due(self) -> bool:
        answer = self.answers.pop(0)
        if self.happens and self.happens.pop(0) == "a message is published and handled":
            self.flight.publish()
            self.flight.handle()
        if isinstance(answer, Exception):
            raise answer
        return answer


async def test_with_nothing_in_flight_and_nothing_due_it_is_quiet_at_the_first_look() -> None:
    flight = FlightInMemory()
    publishers = [PublisherInMemory(flight, [False]), PublisherInMemory(flight, [False])]
    await quiet(flight, publishers)
    assert [publisher.answers for publisher in publishers] == [[], []]


async def test_what_is_in_flight_is_waited_for_before_anybody_looks_at_an_outbox() -> None:
    flight = FlightInMemory()
    publisher = PublisherInMemory(flight, [False])
    flight.publish()
    waiting = asyncio.create_task(quiet(flight, [publisher]))
    await asyncio.sleep(0)
    assert publisher.answers == [False]
    flight.handle()
    await waiting
    assert publisher.answers == []


async def test_what_is_due_is_waited_for() -> None:
    flight = FlightInMemory()
    publisher = PublisherInMemory(flight, [True, True, False])
    await quiet(flight, [publisher])
    assert publisher.answers == []


async def test_a_message_that_is_published_and_handled_between_two_looks_is_noticed() -> None:
    # The first service's outbox was found empty before the message was handled there, and published another.
    flight = FlightInMemory()
    first = PublisherInMemory(flight, [False, True, False])
    second = PublisherInMemory(flight, [False, False, False], happens=["a message is published and handled"])
    await quiet(flight, [first, second])
    assert first.answers == []


async def test_while_the_database_is_away_it_is_not_quiet() -> None:
    flight = FlightInMemory()
    publisher = PublisherInMemory(flight, [DatabaseAway(), DatabaseAway(), False])
    await quiet(flight, [publisher])
    assert publisher.answers == []


async def test_where_nothing_is_published_any_more_it_gives_up() -> None:
    flight = FlightInMemory()
    flight.publish()
    with pytest.raises(NeverQuiet, match="Nothing has moved"):
        await quiet(flight, [], patience=0.01)
