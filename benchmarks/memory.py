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
"""Messages that wait in a queue: what waits is in memory too, but in the broker's."""

LOOKS_EVERY = 0.2
"""Seconds between two looks at how far it is."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a service handles here, many times over, and who else has a queue: the subscribers of what it says."""

    service: str
    exchange: str
    routing_key: str
    also: tuple[str, ...] = ()

    def messages(self, begin: int, end: int) -> Iterator[aio_pika.Message]:
        """Each about another student or project."""
        for number in range(begin, end):
            if self.service == "intake":
                yield message_of(a_student_record(student_id=f"S{number}"), source="student-records")
            elif self.service == "screening":
                yield message_of(submitted(f"P{number}"))
            elif self.service == "matching":
                yield message_of(project_approved(f"P{number}"), source="screening")
            else:
                yield message_of(student_registered(student_id=f"S{number}"))


HEARD = (
    Heard("intake", SUBMISSIONS, "student-records.student", also=("notifications", "evaluation")),
    Heard("screening", EVENTS, ProjectSubmitted.routing_key),
    Heard("matching", EVENTS, ProjectApproved.routing_key),
    Heard("notifications", EVENTS, StudentRegistered.routing_key),
    Heard("evaluation", EVENTS, StudentRegistered.routing_key),
)


@dataclass(frozen=True, slots=True)
class Load:
    messages: int
    services: tuple[Heard, ...] = HEARD


SIZES = Sizes(smallest=Load(100, services=HEARD[:1]), usual=Load(5_000), long=Load(100_000))


async def measure(servers: BenchServers, load: Load) -> AsyncIterator[Reading]:
    """The figure is how much the service that grows most grows over the second half of its messages."""
    peers: dict[str, Measured] = {}
    grown = []
    messages = load.messages
    for heard in load.services:
        idle, halfway, ended = await _resident(servers, heard, messages)
        grown.append(ended - halfway)
        peers[f"{heard.service}, idle"] = Measured(idle, "MB")
        peers[f"{heard.service}, after {messages // 2:,}"] = Measured(halfway, "MB")
        peers[f"{heard.service}, after {messages:,}"] = Measured(ended, "MB")
    yield Reading(Measured(max(grown), "MB grown"), peers)


async def _resident(servers: BenchServers, heard: Heard, messages: int) -> tuple[float, float, float]:
    place = await servers.fresh((heard.service, *heard.also))
    async with ninthweek("run", heard.service, place=place) as programme:
        idle = programme.memory_info().rss
        await _handle(place, heard, 0, messages // 2)
        halfway = programme.memory_info().rss
        await _handle(place, heard, messages // 2, messages)
        ended = programme.memory_info().rss
    return idle / 1e6, halfway / 1e6, ended / 1e6


async def _handle(place: Place, heard: Heard, begin: int, end: int) -> None:
    """Publish messages, and return when they are handled and none of them is among the failures."""
    administrator = await asyncpg.connect(place.database_url, server_settings={"search_path": heard.service})
    for first in range(begin, end, AT_A_TIME):
        last = min(first + AT_A_TIME, end)
        await publish(place.amqp_url, heard.exchange, heard.routing_key, heard.messages(first, last))
        while await administrator.fetchval("select count(*) from inbox") < last:
            if await administrator.fetchval("select exists (select from failures)"):
                raise RuntimeError(f"{heard.service} has a failure: its memory is not that of its work")
            await asyncio.sleep(LOOKS_EVERY)
    while await administrator.fetchval("select exists (select from unsent)"):
        await asyncio.sleep(LOOKS_EVERY)
    await administrator.close()
