"""`busy_rows`: two replicas on twenty busy subjects, against one, in messages a second."""

import asyncio
import time
from functools import partial

import asyncpg

from benchmarks.exactly_once import settled
from benchmarks.figure import Figure, Series, ratio_of
from benchmarks.processes import side_by_side
from benchmarks.servers import BenchServers, Place
from benchmarks.traffic import SERVICES, publish_projects
from shared.contracts.intake import ProjectSubmitted
from shared.contracts.message import subject
from shared.runtime import Work
from shared.runtime.replica import running
from tests.support.probe import declined, probe

MESSAGES = 5_000
SUBJECTS = 20
LOOKS_EVERY = 0.02
"""Seconds between two looks at whether all is done."""


def measure(servers: BenchServers, repeats: int) -> Figure:
    one: list[float] = []
    two: list[float] = []
    deadlocks: list[float] = []
    for _ in range(repeats):
        for replicas, rates in ((1, one), (2, two)):
            rate, found = _rate(servers, replicas)
            rates.append(rate)
            deadlocks.append(found)
    peers = {
        "one replica": Series(tuple(one), "messages/s"),
        "two replicas": Series(tuple(two), "messages/s"),
        "deadlocks": Series(tuple(deadlocks), "deadlocks"),
    }
    return Figure(ratio_of(two, one), peers)


def _rate(servers: BenchServers, replicas: int) -> tuple[float, int]:
    place = servers.fresh(SERVICES)
    asyncio.run(publish_projects(place.amqp_url, MESSAGES, subjects=SUBJECTS))
    return asyncio.run(_tally(place, replicas))


async def _tally(place: Place, replicas: int) -> tuple[float, int]:
    """Messages a second and deadlocks, from when all replicas are at work: the table is locked until then."""
    administrator = await asyncpg.connect(place.database_url, server_settings={"search_path": "screening"})
    await administrator.execute("create table tally (subject text primary key, hits integer not null)")
    await administrator.execute("grant all on tally to ninthweek_screening")
    await administrator.execute("begin; lock table tally in share mode")
    with side_by_side([partial(tally, place)] * replicas) as sides:
        while await administrator.fetchval(_WAITING) < replicas:
            await asyncio.sleep(LOOKS_EVERY)
        began = time.time()
        await administrator.execute("commit")
        ended = [await asyncio.wrap_future(side) for side in sides]
    deadlocks = await administrator.fetchval(
        "select deadlocks from pg_stat_database where datname = current_database()"
    )
    await administrator.close()
    return MESSAGES / (max(ended) - began), deadlocks


_WAITING = """
select count(*) from pg_locks
where not granted and (locktype = 'advisory' or relation = 'tally'::regclass)
"""


async def tally(place: Place) -> float:
    """When the last message of all replicas was done with, by the system's time."""

    async def count(event: ProjectSubmitted, work: Work) -> None:
        for one in _subjects(event):
            await work.connection.execute(
                "insert into tally (subject, hits) values ($1, 1)"
                " on conflict (subject) do update set hits = tally.hits + 1",
                one,
            )
        work.publish(declined(event.project_id))

    async with running(
        probe(count, changes=_subjects), database_url=place.service_url("screening"), amqp_url=place.amqp_url
    ) as replica:
        async with replica.units_of_work.read() as connection:
            while await connection.fetchval("select sum(hits) from tally") != 2 * MESSAGES:
                await asyncio.sleep(LOOKS_EVERY)
        await settled(replica)
        return time.time()


def _subjects(event: ProjectSubmitted) -> tuple[str, str]:
    """Two of the twenty: the project, and another that depends on the message."""
    number = int(event.title.removeprefix("Project "))
    return event.subject, subject("project", f"P{(number * 7 + 3) % SUBJECTS}")
