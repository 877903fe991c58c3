"""`exactly_once_ratio`: messages handled a second, each with an inbox row, a row of its own and an event, confirmed."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from benchmarks.figure import Measured, Reading, Sizes
from benchmarks.plain import plain_subscriber
from benchmarks.processes import alone
from benchmarks.product import screening_at, settled
from benchmarks.recording import add_table, record, recorded
from benchmarks.servers import BenchServers, Place
from benchmarks.traffic import SERVICES, publish_projects, waiting_in
from shared.contracts.intake import ProjectSubmitted
from shared.runtime import Work
from tests.support.probe import declined

SIZES = Sizes(smallest=200, usual=5_000)
"""Messages."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds from the first message to the end, and seconds of the processor that the process used."""

    seconds: float
    processor: float


class Stopwatch:
    """Starts with the first message: `start` may be called for each."""

    def __init__(self) -> None:
        self._began: Spent | None = None

    def start(self) -> None:
        self._began = self._began or Spent(time.perf_counter(), time.process_time())

    def stop(self) -> Spent:
        assert self._began is not None
        return Spent(time.perf_counter() - self._began.seconds, time.process_time() - self._began.processor)


Consume = Callable[[Place, int], Coroutine[Any, Any, Spent]]


async def measure(servers: BenchServers, messages: int) -> AsyncIterator[Reading]:
    while True:
        ours = await consumed(await servers.fresh(SERVICES), consume_as_service, messages)
        plain = await consumed(await servers.fresh(SERVICES), consume_plainly, messages)
        peers: dict[str, Measured] = {}
        for name, spent in (("ninthweek", ours), ("plain FastStream", plain)):
            peers[name] = Measured(messages / spent.seconds, "messages/s")
            peers[f"{name}, of the processor"] = Measured(1e6 * spent.processor / messages, "µs/message")
        yield Reading(Measured(plain.seconds / ours.seconds, "times"), peers)


async def consumed(place: Place, side: Consume, messages: int) -> Spent:
    """Publish messages to a place where nothing waits, and have one side consume them; returns the time spent.

    Raises `RuntimeError` where the work was not done.
    """
    await add_table(place)
    await publish_projects(place.amqp_url, messages)
    spent = await alone(side, place, messages)
    await check_done(place, messages)
    return spent


async def check_done(place: Place, messages: int) -> None:
    """Raise `RuntimeError` unless the work was done: every row, every event, every acknowledgement."""
    done = (
        await recorded(place),
        await waiting_in(place.amqp_url, "intake"),
        await waiting_in(place.amqp_url, "screening"),
    )
    if done != (messages, messages, 0):
        raise RuntimeError(f"of {messages} messages: rows, events out, messages left: {done}")


async def consume_as_service(place: Place, messages: int) -> Spent:
    """Consume with the service's runtime, until the last event is confirmed and marked as sent."""
    watch = Stopwatch()
    handled = 0
    all_handled = asyncio.Event()

    async def record_and_decline(event: ProjectSubmitted, work: Work) -> None:
        nonlocal handled
        watch.start()
        await record(work.connection, event)
        work.publish(declined(event.project_id))
        handled += 1
        if handled == messages:
            all_handled.set()

    async with screening_at(place, record_and_decline) as replica:
        await all_handled.wait()
        await settled(replica, messages)
        return watch.stop()


async def consume_plainly(place: Place, messages: int) -> Spent:
    """Consume with the plain subscriber, until the last event is confirmed."""
    watch = Stopwatch()
    ended = 0
    all_ended = asyncio.Event()

    def note_end() -> None:
        nonlocal ended
        ended += 1
        if ended == messages:
            all_ended.set()

    async with plain_subscriber(place, begun=watch.start, ended=note_end):
        await all_ended.wait()
        return watch.stop()
