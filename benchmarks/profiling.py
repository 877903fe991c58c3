"""Where a message's time goes: `python -m benchmarks.profiling`, on the same run as `exactly_once_ratio`."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import psutil
from pyinstrument import Profiler
from pyinstrument.frame import Frame
from rich.console import Console
from rich.table import Table

from benchmarks.exactly_once import MESSAGES, consume_as_service
from benchmarks.processes import alone
from benchmarks.recording import add_table
from benchmarks.servers import BenchServers, Place, bench_servers
from benchmarks.traffic import SERVICES, publish_projects

OURS = {
    "benchmarks/recording.py": "the handler's own statement",
    "shared/runtime/incoming.py": "reading: envelope, identity, body into its model",
    "shared/runtime/work.py": "saying: the event out, its envelope, its body, into the outbox",
    "shared/runtime/store/inbox.py": "claiming in the inbox",
    "shared/runtime/store/outbox.py": "noting as sent",
    "shared/runtime/publisher.py": "publishing, with its confirms",
    "shared/runtime/relay.py": "publishing, with its confirms",
    "shared/runtime/acknowledgement.py": "acknowledging",
    "shared/runtime/consumer.py": "the unit of work: begin, commit, context, dispatch",
    "shared/runtime/handling.py": "the unit of work: begin, commit, context, dispatch",
    "shared/database/connection.py": "the unit of work: begin, commit, context, dispatch",
}
LIBRARIES = {
    "/faststream/": "FastStream: from a delivery to its subscriber",
    "/aio_pika/": "aio-pika and aiormq: frames in and out",
    "/aiormq/": "aio-pika and aiormq: frames in and out",
    "/pamqp/": "aio-pika and aiormq: frames in and out",
}
LOOP = "the event loop: sockets, asyncpg's protocol, waiting"
"""A sample counts for the innermost of our files that it lies in; else of the libraries'; else for the loop."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Seconds by area, and of the processor by process."""

    areas: dict[str, float]
    processes: dict[str, float]
    seconds: float


def profile(servers: BenchServers) -> Profile:
    place = servers.fresh(SERVICES)
    asyncio.run(add_table(place))
    asyncio.run(publish_projects(place.amqp_url, MESSAGES))
    before = _server_seconds()
    areas, own, seconds = alone(consume_profiled, place)
    after = _server_seconds()
    spent = {name: after[name] - before[name] for name in after}
    return Profile(areas, {"the service": own} | spent, seconds)


async def consume_profiled(place: Place) -> tuple[dict[str, float], float, float]:
    """Seconds by area, of the processor, and from begin to end."""
    profiler = Profiler(interval=0.001, async_mode="disabled")
    processor_began = time.process_time()
    with profiler:
        seconds = await consume_as_service(place, MESSAGES)
    areas: defaultdict[str, float] = defaultdict(float)
    session = profiler.last_session
    root = session.root_frame() if session else None
    for stack, self_time in _leaves(root, ()) if root else ():
        areas[_area(stack)] += self_time
    return dict(areas), time.process_time() - processor_began, seconds


def _leaves(frame: Frame, above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], float]]:
    """Every frame with time of its own, as the files from the outermost to it."""
    stack = (*above, (frame.file_path or "").replace("\\", "/"))
    children = 0.0
    for child in frame.children:
        children += child.time
        yield from _leaves(child, stack)
    yield stack, frame.time - children


def _area(stack: tuple[str, ...]) -> str:
    for areas in (OURS, LIBRARIES):
        for file in reversed(stack):
            for place, area in areas.items():
                if place in file:
                    return area
    return LOOP


def _server_seconds() -> dict[str, float]:
    """Of the processor, by server, with processes that have ended."""
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
        measured = profile(servers)
    total = sum(measured.areas.values())
    table = Table("of the service's time", "share", title=f"{MESSAGES:,} messages in {measured.seconds:.1f} s")
    for area, seconds in sorted(measured.areas.items(), key=lambda item: -item[1]):
        table.add_row(area, f"{seconds / total:.0%}")
    table.add_section()
    for process, seconds in measured.processes.items():
        table.add_row(f"of the processor: {process}", f"{1e6 * seconds / MESSAGES:,.0f} µs a message")
    console.print(table)


if __name__ == "__main__":
    main()
