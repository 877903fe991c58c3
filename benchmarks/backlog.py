"""`backlog`: whether many messages that wait, or many rows already sent, slow down what is handled and relayed."""

import asyncio
import time
from itertools import pairwise

import asyncpg

from benchmarks import exactly_once, relaying
from benchmarks.exactly_once import check_done, consume_as_service, settled
from benchmarks.figure import Figure, Series
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
TENTH = WAITING // 10
SENT = 1_000_000


def measure(servers: BenchServers, _repeats: int) -> Figure:
    """The figure is the rate of the last tenth of what waited against that of the first."""
    begin, end = _drain(servers)
    peers = {
        f"{WAITING:,} waiting, first tenth": Series((begin,), "messages/s"),
        f"{WAITING:,} waiting, last tenth": Series((end,), "messages/s"),
    }
    for rows, name in ((0, "an empty outbox"), (SENT, f"{SENT:,} sent rows")):
        handled = exactly_once.rate_at(_filled(servers, rows), consume_as_service)
        relayed = relaying.rate_at(_filled(servers, rows), relay_what_a_crash_left)
        peers[f"handled, {name}"] = Series((handled,), "messages/s")
        peers[f"relayed, {name}"] = Series((relayed,), "rows/s")
    return Figure(Series((end / begin,), "times"), peers)


def _drain(servers: BenchServers) -> tuple[float, float]:
    place = servers.fresh(SERVICES)
    asyncio.run(add_table(place))
    asyncio.run(publish_projects(place.amqp_url, WAITING))
    tenths = alone(drain, place)
    asyncio.run(check_done(place, WAITING))
    return TENTH / tenths[0], TENTH / tenths[-1]


async def drain(place: Place) -> list[float]:
    """Seconds of each tenth of what waits."""
    moments: list[float] = []
    handled = 0
    all_handled = asyncio.Event()

    async def record_and_decline(event: ProjectSubmitted, work: Work) -> None:
        nonlocal handled
        if handled % TENTH == 0:
            moments.append(time.perf_counter())
        await record(work.connection, event)
        work.publish(declined(event.project_id))
        handled += 1
        if handled == WAITING:
            all_handled.set()

    async with running(
        probe(record_and_decline), database_url=place.service_url("screening"), amqp_url=place.amqp_url
    ) as replica:
        await all_handled.wait()
        await settled(replica)
        moments.append(time.perf_counter())
        return [end - begin for begin, end in pairwise(moments)]


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
