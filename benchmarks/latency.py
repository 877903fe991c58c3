"""`latency_ms`: from publishing to the committed effect in the next service, at a hundred messages a second."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from statistics import quantiles
from typing import Any

import aio_pika

from benchmarks.figure import Measured, Reading, Sizes
from benchmarks.plain import Project, plain_subscriber
from benchmarks.processes import side_by_side
from benchmarks.product import screening_at
from benchmarks.recording import add_table, record
from benchmarks.servers import BenchServers, Place
from benchmarks.traffic import SERVICES, message_of
from shared.broker.topology import EVENTS
from shared.contracts.intake import ProjectSubmitted
from shared.runtime import Work
from tests.support.probe import declined, submitted


@dataclass(frozen=True, slots=True)
class Traffic:
    """How many messages, and how many of the first are not counted."""

    messages: int
    warming: int


SIZES = Sizes(smallest=Traffic(100, 20), usual=Traffic(1_500, 300))

RATE = 100
"""Messages a second."""

Latencies = list[float]
"""Milliseconds, one number for each message."""


async def measure(servers: BenchServers, traffic: Traffic) -> AsyncIterator[Reading]:
    while True:
        ours = await _latencies(servers, traffic, consume_as_service)
        plain = await _latencies(servers, traffic, consume_plainly)
        peers = {
            "ninthweek p50": _percentile(ours, 50),
            "ninthweek p99": _percentile(ours, 99),
            "plain FastStream p50": _percentile(plain, 50),
            "plain FastStream p99": _percentile(plain, 99),
        }
        yield Reading(peers["ninthweek p50"], peers)


def _percentile(latencies: Latencies, percent: int) -> Measured:
    return Measured(quantiles(latencies, n=100)[percent - 1], "ms")


async def _latencies(
    servers: BenchServers, traffic: Traffic, side: Callable[[Place, int], Coroutine[Any, Any, Latencies]]
) -> Latencies:
    place = await servers.fresh(SERVICES)
    await add_table(place)
    async with side_by_side([partial(side, place, traffic.messages)]) as (consuming,):
        await _publish_evenly(place, traffic.messages)
        return (await consuming)[traffic.warming :]


async def _publish_evenly(place: Place, messages: int) -> None:
    """Publish at an even rate once somebody consumes; a message's title is the moment at which it is published."""
    async with await aio_pika.connect(place.amqp_url) as connection:
        channel = await connection.channel()
        while not (await channel.declare_queue("screening", passive=True)).declaration_result.consumer_count:
            await asyncio.sleep(0.1)
        exchange = await channel.get_exchange(EVENTS, ensure=False)
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number in range(messages):
            await asyncio.sleep(began + number / RATE - loop.time())
            event = submitted(f"P{number}", title=str(time.time_ns()))
            await exchange.publish(message_of(event), event.routing_key)


def _since(title: str) -> float:
    return (time.time_ns() - int(title)) / 1e6


async def consume_as_service(place: Place, messages: int) -> Latencies:
    """Consume with the service's runtime; returns the latency of each message."""
    latencies: Latencies = []
    called_with: list[str] = []
    all_committed = asyncio.Event()

    async def record_and_decline(event: ProjectSubmitted, work: Work) -> None:
        await record(work.connection, event)
        work.publish(declined(event.project_id))
        called_with.append(event.title)

    def committed() -> None:
        latencies.extend(map(_since, called_with))
        called_with.clear()
        if len(latencies) == messages:
            all_committed.set()

    async with screening_at(place, record_and_decline, committed=committed):
        await all_committed.wait()
        return latencies


async def consume_plainly(place: Place, messages: int) -> Latencies:
    """Consume with the plain subscriber; returns the latency of each message."""
    latencies: Latencies = []
    all_committed = asyncio.Event()

    def committed(project: Project) -> None:
        latencies.append(_since(project.title))
        if len(latencies) == messages:
            all_committed.set()

    async with plain_subscriber(place, committed=committed):
        await all_committed.wait()
        return latencies
