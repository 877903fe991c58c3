"""`backlog`: whether handling and relaying get slower with many waiting messages, or many rows that were sent."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import pairwise

import asyncpg

from benchmarks import exactly_once, relaying
from benchmarks.exactly_once import check_done, consume_as_service
from benchmarks.figure import Measured, Reading, Sizes
from benchmarks.processes import alone
from benchmarks.product import screening_at, settled, slot_at
from benchmarks.recording import add_table, record
from benchmarks.relaying import relay_what_a_crash_left
from benchmarks.servers import BenchServers, Place
from benchmarks.traffic import SERVICES, publish_projects
from shared.clock import system_time
from shared.contracts.intake import ProjectSubmitted
from shared.runtime import Work
from tests.support.probe import declined


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many messages wait (a multiple of ten), and how many rows were sent and handled before."""

    waiting: int
    sent: int
    handled: int
    relayed: int
    """How many messages are handled, and rows relayed, beside those rows."""


SIZES = Sizes(
    smallest=Backlog(waiting=200, sent=1_000, handled=100, relayed=100),
    usual=Backlog(waiting=100_000, sent=1_000_000, handled=5_000, relayed=10_000),
)


async def measure(servers: BenchServers, backlog: Backlog) -> AsyncIterator[Reading]:
    """The figure is the rate of the last tenth of what waited, divided by that of the first."""
    drained = await rates_of(servers, backlog.waiting)
    peers = {
        f"{backlog.waiting:,} waiting, first tenth": Measured(drained.first_tenth, "messages/s"),
        f"{backlog.waiting:,} waiting, last tenth": Measured(drained.last_tenth, "messages/s"),
        f"{backlog.waiting:,} waiting, until all is published": Measured(drained.whole, "messages/s"),
    }
    for rows, name in ((0, "an empty outbox"), (backlog.sent, f"{backlog.sent:,} sent rows")):
        spent = await exactly_once.consumed(await _filled(servers, rows), consume_as_service, backlog.handled)
        relayed = await relaying.rate_at(await _filled(servers, rows), relay_what_a_crash_left, backlog.relayed)
        peers[f"handled, {name}"] = Measured(backlog.handled / spent.seconds, "messages/s")
        peers[f"relayed, {name}"] = Measured(relayed, "rows/s")
    yield Reading(Measured(drained.last_tenth / drained.first_tenth, "times"), peers)


@dataclass(frozen=True, slots=True)
class Drained:
    """Messages a second: handled in the first and the last tenth; and in all, until what they publish is confirmed."""

    first_tenth: float
    last_tenth: float
    whole: float


async def rates_of(servers: BenchServers, messages: int) -> Drained:
    """Let so many messages wait, and drain them."""
    place = await servers.fresh(SERVICES)
    await add_table(place)
    await publish_projects(place.amqp_url, messages)
    drained = await alone(drain, place, messages)
    await check_done(place, messages)
    return drained


async def drain(place: Place, messages: int) -> Drained:
    """Consume what waits with the service's runtime; `messages` is a multiple of ten."""
    tenth = messages // 10
    moments: list[float] = []
    handled = 0
    all_handled = asyncio.Event()

    async def record_and_decline(event: ProjectSubmitted, work: Work) -> None:
        nonlocal handled
        if handled % tenth == 0:
            moments.append(time.perf_counter())
        await record(work.connection, event)
        work.publish(declined(event.project_id))
        handled += 1
        if handled == messages:
            moments.append(time.perf_counter())
            all_handled.set()

    async with screening_at(place, record_and_decline) as replica:
        await all_handled.wait()
        await settled(replica, messages)
        whole = time.perf_counter() - moments[0]
        first, *_, last = (end - begin for begin, end in pairwise(moments))
        return Drained(tenth / first, tenth / last, messages / whole)


async def _filled(servers: BenchServers, rows: int) -> Place:
    """A place whose inbox and outbox have what so many handled messages leave there, in rows of the usual size."""
    place = await servers.fresh(SERVICES)
    administrator = await asyncpg.connect(place.database_url, server_settings={"search_path": "screening"})
    now = system_time()
    slot = slot_at(now)
    await administrator.execute(
        """
        insert into outbox (slot, id, identity, exchange, routing_key, headers, body, mandatory, published_at)
        select $1, gen_random_uuid(), gen_random_uuid(), 'events', 'project.declined',
               jsonb_build_object('ce-id', gen_random_uuid(), 'ce-filling', repeat('x', 300)),
               convert_to(repeat('x', 120), 'UTF8'), true, $2
        from generate_series(1, $3)
        """,
        slot,
        now,
        rows,
    )
    await administrator.execute(
        "insert into inbox (slot, id, handled_at) select $1, gen_random_uuid(), $2 from generate_series(1, $3)",
        slot,
        now,
        rows,
    )
    await administrator.execute("vacuum analyze")
    await administrator.execute("checkpoint")
    await administrator.close()
    return place
