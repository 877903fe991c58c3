"""`exactly_once_ratio`: messages a second, each with an inbox row, a row, an event out, all confirmed."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from benchmarks.figure import Figure, Series, ratio_of
from benchmarks.plain import plain_subscriber
from benchmarks.processes import alone
from benchmarks.recording import add_table, record, recorded
from benchmarks.servers import BenchServers, Place
from benchmarks.traffic import SERVICES, publish_projects, waiting_in
from shared.contracts.intake import ProjectSubmitted
from shared.runtime import Work
from shared.runtime.replica import Replica, running
from tests.support.probe import declined, probe

MESSAGES = 5_000
LOOKS_EVERY = 0.005
"""Seconds between two looks at whether all is said: what a measurement may be too long by."""


def measure(servers: BenchServers, repeats: int) -> Figure:
    ours, plain = [], []
    for _ in range(repeats):
        ours.append(rate_at(servers.fresh(SERVICES), consume_as_service))
        plain.append(rate_at(servers.fresh(SERVICES), consume_plainly))
    peers = {
        "ninthweek": Series(tuple(ours), "messages/s"),
        "plain FastStream": Series(tuple(plain), "messages/s"),
    }
    return Figure(ratio_of(ours, plain), peers)


def rate_at(place: Place, side: Callable[[Place, int], Coroutine[Any, Any, float]], messages: int = MESSAGES) -> float:
    """Messages a second at a place where nothing waits yet. Raises `RuntimeError` where the work was not done."""
    asyncio.run(add_table(place))
    asyncio.run(publish_projects(place.amqp_url, messages))
    seconds = alone(side, place, messages)
    asyncio.run(check_done(place, messages))
    return messages / seconds


async def check_done(place: Place, messages: int) -> None:
    """A rate counts only if the work was done: every row, every event, every acknowledgement."""
    done = (
        await recorded(place),
        await waiting_in(place.amqp_url, "intake"),
        await waiting_in(place.amqp_url, "screening"),
    )
    if done != (messages, messages, 0):
        raise RuntimeError(f"of {messages} messages: rows, events out, messages left: {done}")


async def consume_as_service(place: Place, messages: int) -> float:
    """Seconds from the first message taken to the last acknowledged and the last event confirmed and marked."""
    began = 0.0
    handled = 0
    all_handled = asyncio.Event()

    async def record_and_decline(event: ProjectSubmitted, work: Work) -> None:
        nonlocal began, handled
        began = began or time.perf_counter()
        await record(work.connection, event)
        work.publish(declined(event.project_id))
        handled += 1
        if handled == messages:
            all_handled.set()

    async with running(
        probe(record_and_decline), database_url=place.service_url("screening"), amqp_url=place.amqp_url
    ) as replica:
        await all_handled.wait()
        await settled(replica)
        return time.perf_counter() - began


async def settled(replica: Replica) -> None:
    """Wait until all that was delivered is acknowledged, and all that was said is confirmed and marked."""
    for subscriber in replica.subscribers:
        await subscriber.finish()
    while await replica.anything_due():
        await asyncio.sleep(LOOKS_EVERY)


async def consume_plainly(place: Place, messages: int) -> float:
    """Seconds from the first message taken to the last event confirmed."""
    began = 0.0
    ended = 0
    all_ended = asyncio.Event()

    def note_begin() -> None:
        nonlocal began
        began = began or time.perf_counter()

    def note_end() -> None:
        nonlocal ended
        ended += 1
        if ended == messages:
            all_ended.set()

    async with plain_subscriber(place, begun=note_begin, ended=note_end):
        await all_ended.wait()
        return time.perf_counter() - began
