"""`memory_mb`: resident memory of each service in a process of its own, idle and after what it has handled."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import aio_pika
import asyncpg

from benchmarks.figure import Measured, Reading, Sizes
from benchmarks.programme import ninthweek
from benchmarks.servers import BenchServers, Place
from benchmarks.traffic import message_of, publish
from shared.broker.topology import EVENTS, SUBMISSIONS
from shared.contracts.intake import ProjectSubmitted, StudentRegistered
from shared.contracts.screening import ProjectApproved
from tests.support.examples import student_registered
from tests.support.intake import a_student_record
from tests.support.matching import project_approved
from tests.support.probe import submitted

AT_A_TIME = 10_000
"""How many messages wait in a queue at most: what waits takes memory of the broker."""

LOOKS_EVERY = 0.2
"""Seconds between two looks at what is handled."""


@dataclass(frozen=True, slots=True)
class Consumer:
    """A service, the messages that it handles here, and who else has a queue: the subscribers of what it publishes."""

    service: str
    exchange: str
    routing_key: str
    also: tuple[str, ...] = ()

    def messages(self, begin: int, end: int) -> Iterator[aio_pika.Message]:
        """Messages that are each about another student or project."""
        for number in range(begin, end):
            if self.service == "intake":
                yield message_of(a_student_record(student_id=f"S{number}"), source="student-records")
            elif self.service == "screening":
                yield message_of(submitted(f"P{number}"))
            elif self.service == "matching":
                yield message_of(project_approved(f"P{number}"), source="screening")
            else:
                yield message_of(student_registered(student_id=f"S{number}"))


CONSUMERS = (
    Consumer("intake", SUBMISSIONS, "student-records.student", also=("notifications", "evaluation")),
    Consumer("screening", EVENTS, ProjectSubmitted.routing_key),
    Consumer("matching", EVENTS, ProjectApproved.routing_key),
    Consumer("notifications", EVENTS, StudentRegistered.routing_key),
    Consumer("evaluation", EVENTS, StudentRegistered.routing_key),
)


@dataclass(frozen=True, slots=True)
class Load:
    messages: int
    services: tuple[Consumer, ...] = CONSUMERS


SIZES = Sizes(smallest=Load(100, services=CONSUMERS[:1]), usual=Load(5_000), long=Load(100_000))


async def measure(servers: BenchServers, load: Load) -> AsyncIterator[Reading]:
    """The figure is the growth of the service that grows most, over the second half of its messages."""
    peers: dict[str, Measured] = {}
    grown = []
    messages = load.messages
    for consumer in load.services:
        idle, halfway, ended = await _resident(servers, consumer, messages)
        grown.append(ended - halfway)
        peers[f"{consumer.service}, idle"] = Measured(idle, "MB")
        peers[f"{consumer.service}, after {messages // 2:,}"] = Measured(halfway, "MB")
        peers[f"{consumer.service}, after {messages:,}"] = Measured(ended, "MB")
    yield Reading(Measured(max(grown), "MB grown"), peers)


async def _resident(servers: BenchServers, consumer: Consumer, messages: int) -> tuple[float, float, float]:
    place = await servers.fresh((consumer.service, *consumer.also))
    async with ninthweek("run", consumer.service, place=place) as programme:
        idle = programme.memory_info().rss
        await _handle(place, consumer, 0, messages // 2)
        halfway = programme.memory_info().rss
        await _handle(place, consumer, messages // 2, messages)
        ended = programme.memory_info().rss
    return idle / 1e6, halfway / 1e6, ended / 1e6


async def _handle(place: Place, consumer: Consumer, begin: int, end: int) -> None:
    """Publish messages, and return when all are handled. Raises `RuntimeError` where one is among the failures."""
    administrator = await asyncpg.connect(place.database_url, server_settings={"search_path": consumer.service})
    for first in range(begin, end, AT_A_TIME):
        last = min(first + AT_A_TIME, end)
        await publish(place.amqp_url, consumer.exchange, consumer.routing_key, consumer.messages(first, last))
        while await administrator.fetchval("select count(*) from inbox") < last:
            if await administrator.fetchval("select exists (select from failures)"):
                raise RuntimeError(f"{consumer.service} has a failure, so its memory cannot be measured")
            await asyncio.sleep(LOOKS_EVERY)
    while await administrator.fetchval("select exists (select from unsent)"):
        await asyncio.sleep(LOOKS_EVERY)
    await administrator.close()
