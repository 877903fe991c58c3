"""`latency_ms`: from publishing to the committed effect in the next service, at a hundred messages a second."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from functools import partial
from statistics import quantiles
from typing import Any
from uuid import UUID

import aio_pika
import uvloop

from benchmarks.figure import Figure, Series
from benchmarks.plain import Project, plain_subscriber
from benchmarks.processes import side_by_side
from benchmarks.recording import add_table, record
from benchmarks.servers import BenchServers, Place
from benchmarks.traffic import SERVICES, message_of
from shared.broker.topology import EVENTS
from shared.contracts.intake import ProjectSubmitted
from shared.runtime import Work
from shared.runtime.flight import Flight
from shared.runtime.outgoing import Outgoing
from shared.runtime.replica import running
from tests.support.probe import declined, probe, submitted

A_SECOND = 100
MESSAGES = 1_200
WARMING = 200
"""The first of them, which are not counted."""

Latencies = list[float]
"""Milliseconds, a message each."""


def measure(servers: BenchServers, repeats: int) -> Figure:
    ours, plain = [], []
    for _ in range(repeats):
        ours.append(_latencies(servers, hear_as_service))
        plain.append(_latencies(servers, hear_plainly))
    peers = {
        "ninthweek p50": _percentile(ours, 50),
        "ninthweek p99": _percentile(ours, 99),
        "plain FastStream p50": _percentile(plain, 50),
        "plain FastStream p99": _percentile(plain, 99),
    }
    return Figure(peers["ninthweek p50"], peers)


def _percentile(repeats: list[Latencies], percent: int) -> Series:
    return Series(tuple(quantiles(latencies, n=100)[percent - 1] for latencies in repeats), "ms")


def _latencies(servers: BenchServers, side: Callable[[Place], Coroutine[Any, Any, Latencies]]) -> Latencies:
    place = servers.fresh(SERVICES)
    asyncio.run(add_table(place))
    with side_by_side([partial(side, place)]) as (hearing,):
        uvloop.run(_publish_evenly(place))
        return hearing.result()[WARMING:]


async def _publish_evenly(place: Place) -> None:
    """Each message has the moment of its publishing in its title; it begins once somebody consumes."""
    async with await aio_pika.connect(place.amqp_url) as connection:
        channel = await connection.channel()
        while not (await channel.declare_queue("screening", passive=True)).declaration_result.consumer_count:
            await asyncio.sleep(0.1)
        exchange = await channel.get_exchange(EVENTS, ensure=False)
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number in range(MESSAGES):
            await asyncio.sleep(began + number / A_SECOND - loop.time())
            event = submitted(f"P{number}", title=str(time.time_ns()))
            await exchange.publish(message_of(event), event.routing_key)


def _since(title: str) -> float:
    return (time.time_ns() - int(title)) / 1e6


class _Landings(Flight):
    """Notes when what the handlers were called with is committed: the runtime tells it after the commit."""

    def __init__(self) -> None:
        super().__init__([])
        self.called_with: list[str] = []
        self.latencies: Latencies = []
        self.all_landed = asyncio.Event()

    def said(self, service: str, outgoing: Outgoing) -> None:
        """Nobody here waits for what is said."""

    def handled(self, service: str, message: UUID) -> None:
        self.latencies += map(_since, self.called_with)
        self.called_with.clear()
        if len(self.latencies) == MESSAGES:
            self.all_landed.set()


async def hear_as_service(place: Place) -> Latencies:
    """With the service's runtime."""
    landings = _Landings()

    async def record_and_decline(event: ProjectSubmitted, work: Work) -> None:
        await record(work.connection, event)
        work.publish(declined(event.project_id))
        landings.called_with.append(event.title)

    async with running(
        probe(record_and_decline),
        database_url=place.service_url("screening"),
        amqp_url=place.amqp_url,
        flight=landings,
    ):
        await landings.all_landed.wait()
        return landings.latencies


async def hear_plainly(place: Place) -> Latencies:
    """With the plain subscriber."""
    latencies: Latencies = []
    all_committed = asyncio.Event()

    def committed(project: Project) -> None:
        latencies.append(_since(project.title))
        if len(latencies) == MESSAGES:
            all_committed.set()

    async with plain_subscriber(place, committed=committed):
        await all_committed.wait()
        return latencies
