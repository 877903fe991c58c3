"""`tracing_cost`: time with spans sent to a collector, divided by the time with tracing off, measured in turns."""

import os
from collections.abc import AsyncIterator

from benchmarks.exactly_once import Spent, consume_as_service, consumed
from benchmarks.figure import Measured, Reading, Sizes
from benchmarks.servers import BenchServers, Place
from benchmarks.traffic import SERVICES
from shared.telemetry import ENDPOINTS, tracing
from tests.support.collector import collecting

SIZES = Sizes(smallest=200, usual=5_000)
"""Messages."""


async def measure(servers: BenchServers, messages: int) -> AsyncIterator[Reading]:
    while True:
        off = await consumed(await servers.fresh(SERVICES), consume_untraced, messages)
        with collecting() as collector:
            os.environ[ENDPOINTS[0]] = f"{collector.url}/v1/traces"
            on = await consumed(await servers.fresh(SERVICES), consume_traced, messages)
        peers = {"spans that arrived": Measured(len(collector.spans) / messages, "spans/message")}
        for name, spent in (("off", off), ("on", on)):
            peers[f"tracing {name}"] = Measured(messages / spent.seconds, "messages/s")
            peers[f"tracing {name}, of the processor"] = Measured(1e6 * spent.processor / messages, "µs/message")
        yield Reading(Measured(off.seconds / on.seconds, "times"), peers)


async def consume_untraced(place: Place, messages: int) -> Spent:
    for name in ENDPOINTS:
        os.environ.pop(name, None)
    return await consume_as_service(place, messages)


async def consume_traced(place: Place, messages: int) -> Spent:
    """Consume with tracing. Spans that are not sent when the last event is confirmed are sent after the measurement."""
    with tracing():
        return await consume_as_service(place, messages)
