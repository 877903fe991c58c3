"""Where a message's time goes: `python -m benchmarks.profiling`, on the same run as `exactly_once_ratio`."""

import asyncio
import signal
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.exactly_once import consume_as_service
from benchmarks.processes import alone
from benchmarks.recording import add_table
from benchmarks.servers import BenchServers, Place, bench_servers
from benchmarks.traffic import SERVICES, publish_projects

OURS = {
    "benchmarks/recording.py": "the handler's own statement",
    "shared/broker/deliveries.py": "deliveries off the wire",
    "shared/broker/properties.py": "reading: envelope, identity, body into its model",
    "shared/runtime/incoming.py": "reading: envelope, identity, body into its model",
    "shared/runtime/work.py": "writing the event: its envelope, its body, its outbox row",
    "shared/runtime/store/inbox.py": "claiming in the inbox",
    "shared/runtime/store/outbox.py": "marking as sent",
    "shared/runtime/publisher.py": "publishing, with its confirms",
    "shared/runtime/relay.py": "publishing, with its confirms",
    "shared/runtime/acknowledgement.py": "acknowledging",
    "shared/runtime/subscriber.py": "the unit of work: begin, commit, context, dispatch",
    "shared/runtime/handling.py": "the unit of work: begin, commit, context, dispatch",
    "shared/database/connection.py": "the unit of work: begin, commit, context, dispatch",
}
LIBRARIES = {
    "/aio_pika/": "aio-pika and aiormq: frames in and out",
    "/aiormq/": "aio-pika and aiormq: frames in and out",
    "/pamqp/": "aio-pika and aiormq: frames in and out",
}
LOOP = "the event loop, with what runs in C: sockets, asyncpg's protocol"
"""A sample counts for the innermost of our files on its stack; without any, for a library; else for the loop."""


MESSAGES = 5_000

SAMPLED_EVERY = 0.001
"""Seconds of the processor."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Seconds of the processor, by area of the service and by process; and seconds from begin to end."""

    areas: dict[str, float]
    processes: dict[str, float]
    seconds: float


async def profile(servers: BenchServers) -> Profile:
    place = await servers.fresh(SERVICES)
    await add_table(place)
    await publish_projects(place.amqp_url, MESSAGES)
    before = _server_seconds()
    areas, own, seconds = await alone(consume_profiled, place)
    after = _server_seconds()
    spent = {name: after[name] - before[name] for name in after}
    return Profile(areas, {"the service": own} | spent, seconds)


async def consume_profiled(place: Place) -> tuple[dict[str, float], float, float]:
    """Seconds of the processor by area and in all, and seconds from begin to end."""
    areas: Counter[str] = Counter()
    with _sampling(areas):
        spent = await consume_as_service(place, MESSAGES)
    areas_spent = {area: spent.processor * samples / areas.total() for area, samples in areas.items()}
    return areas_spent, spent.processor, spent.seconds


@contextmanager
def _sampling(areas: Counter[str]) -> Iterator[None]:
    """Count the area that the process is in each time it has used `SAMPLED_EVERY` of the processor.

    So time that is spent waiting counts for no area.
    """

    def sample(_signal: int, frame: FrameType | None) -> None:
        stack = []
        while frame is not None:
            stack.append(frame.f_code.co_filename)
            frame = frame.f_back
        areas[_area(stack)] += 1

    signal.signal(signal.SIGPROF, sample)
    signal.setitimer(signal.ITIMER_PROF, SAMPLED_EVERY, SAMPLED_EVERY)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _area(innermost_first: Sequence[str]) -> str:
    for areas in (OURS, LIBRARIES):
        for file in innermost_first:
            for place, area in areas.items():
                if place in file:
                    return area
    return LOOP


def _server_seconds() -> dict[str, float]:
    """Seconds of the processor by server, with those of processes that have ended."""
    spent = {"PostgreSQL": 0.0, "RabbitMQ": 0.0}
    for process in psutil.Process().children(recursive=True):
        name = {"postgres": "PostgreSQL", "beam.smp": "RabbitMQ"}.get(process.name())
        if name is not None:
            times = process.cpu_times()
            spent[name] += times.user + times.system + times.children_user + times.children_system
    return spent


def main() -> None:
    console = Console()
    with bench_servers() as servers, console.status("profiling"):
        measured = asyncio.run(profile(BenchServers(servers.database_url, servers.amqp_url, "profiled")))
    total = sum(measured.areas.values())
    table = Table(
        "of the service's processor time", "share", title=f"{MESSAGES:,} messages in {measured.seconds:.1f} s"
    )
    for area, seconds in sorted(measured.areas.items(), key=lambda item: -item[1]):
        table.add_row(area, f"{seconds / total:.0%}")
    table.add_section()
    for process, seconds in measured.processes.items():
        table.add_row(f"of the processor: {process}", f"{1e6 * seconds / MESSAGES:,.0f} µs a message")
    console.print(table)


if __name__ == "__main__":
    main()
