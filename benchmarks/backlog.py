"""`backlog`: whether many messages that wait, or many rows already sent, slow down what is handled and relayed."""

import asyncio
import time
from dataclasses import dataclass
from itertools import pairwise

import asyncpg

from benchmarks import exactly_once, relaying
from benchmarks.exactly_once import check_done, consume_as_service, settled
from benchmarks.figure import Figure, Series, ratio_of
from benchmarks.processes import alone
from benchmarks.recording import add_table, record
from benchmarks.relaying import relay_what_a_crash_left
from benchmarks.servers import BenchServers, Place
from benchmarks.traffic import SERVICES, publish_projects
from shared.clock import system_time
from shared.contracts.intake import ProjectSubmitted
from shared.runtime import Work
from shared.runtime.replica import running
from shared.runtime.ring import Ring
from shared.runtime.settings import RuntimeSettings
from tests.support.probe import declined, probe

WAITING = 100_000
SENT = 1_000_000


def measure(servers: BenchServers, _repeats: int) -> Figure:
    """The figure is the rate of the last tenth of what waited against that of the first."""
    drained = rates_of(servers, WAITING)
    peers = {
        f"{WAITING:,} waiting, first tenth": Series((drained.first_tenth,), "messages/s"),
        f"{WAITING:,} waiting, last tenth": Series((drained.last_tenth,), "messages/s"),
        f"{WAITING:,} waiting, until all is said": Series((drained.whole,), "messages/s"),
    }
    for rows, name in ((0, "an empty outbox"), (SENT, f"{SENT:,} sent rows")):
        handled = exactly_once.rate_at(_filled(servers, rows), consume_as_service)
        relayed = relaying.rate_at(_filled(servers, rows), relay_what_a_crash_left)
        peers[f"handled, {name}"] = Series((handled,), "messages/s")
        peers[f"relayed, {name}"] = Series((relayed,), "rows/s")
    return Figure(ratio_of([drained.last_tenth], [drained.first_tenth]), peers)


@dataclass(frozen=True, slots=True)
class Drained:
    """Messages a second: handled, in the first and in the last tenth; and in all, until what they say is confirmed."""

    first_tenth: float
    last_tenth: float
    whole: float


def rates_of(servers: BenchServers, messages: int) -> Drained:
    """Let so many messages wait, and drain them."""
    place = servers.fresh(SERVICES)
    asyncio.run(add_table(place))
    asyncio.run(publish_projects(place.amqp_url, messages))
    drained = alone(drain, place, messages)
    asyncio.run(check_done(place, messages))
    return drained


async def drain(place: Place, messages: int) -> Drained:
    """With the service's runtime; `messages` is a multiple of ten."""
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

    async with running(
        probe(record_and_decline), database_url=place.service_url("screening"), amqp_url=place.amqp_url
    ) as replica:
        await all_handled.wait()
        await settled(replica)
        whole = time.perf_counter() - moments[0]
        first, *_, last = (end - begin for begin, end in pairwise(moments))
        return Drained(tenth / first, tenth / last, messages / whole)


def _filled(servers: BenchServers, rows: int) -> Place:
    place = servers.fresh(SERVICES)
    asyncio.run(_fill(place, rows))
    return place


async def _fill(place: Place, rows: int) -> None:
    """What so many handled messages leave in inbox and outbox, each of the size that ours have."""
    administrator = await asyncpg.connect(place.database_url, server_settings={"search_path": "screening"})
    now = system_time()
    slot = Ring(RuntimeSettings().remember).slot(now)
    await administrator.execute(
        """
        insert into outbox (slot, id, identity, exchange, routing_key, headers, body, mandatory, said_at)
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
