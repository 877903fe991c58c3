"""`busy_rows`: two replicas on twenty busy subjects, against one, in messages a second."""

import asyncio
import time
from collections.abc import AsyncIterator
from functools import partial

import asyncpg

from benchmarks.figure import Measured, Reading, Sizes
from benchmarks.processes import side_by_side
from benchmarks.product import all_published, screening_at
from benchmarks.servers import BenchServers, Place
from benchmarks.traffic import SERVICES, publish_projects
from shared.contracts.intake import ProjectSubmitted
from shared.contracts.message import subject
from shared.runtime import Work
from tests.support.probe import declined

SIZES = Sizes(smallest=200, usual=5_000)
"""Messages."""

SUBJECTS = 20
LOOKS_EVERY = 0.02
"""Seconds between two looks at whether all is done."""


async def measure(servers: BenchServers, messages: int) -> AsyncIterator[Reading]:
    while True:
        one, deadlocks_of_one = await _rate(servers, messages, replicas=1)
        two, deadlocks_of_two = await _rate(servers, messages, replicas=2)
        peers = {
            "one replica": Measured(one, "messages/s"),
            "two replicas": Measured(two, "messages/s"),
            "deadlocks": Measured(deadlocks_of_one + deadlocks_of_two, "deadlocks"),
        }
        yield Reading(Measured(two / one, "times"), peers)


async def _rate(servers: BenchServers, messages: int, *, replicas: int) -> tuple[float, int]:
    """Messages a second, and deadlocks, from when all replicas run: the table is locked until then."""
    place = await servers.fresh(SERVICES)
    await publish_projects(place.amqp_url, messages, subjects=SUBJECTS)
    administrator = await asyncpg.connect(place.database_url, server_settings={"search_path": "screening"})
    await administrator.execute("create table tally (subject text primary key, hits integer not null)")
    await administrator.execute("grant all on tally to ninthweek_screening")
    await administrator.execute("begin; lock table tally in share mode")
    async with side_by_side([partial(tally, place, messages)] * replicas) as sides:
        while await administrator.fetchval(_WAITING) < replicas:
            await asyncio.sleep(LOOKS_EVERY)
        began = time.time()
        await administrator.execute("commit")
        ended = [await side for side in sides]
    deadlocks = await administrator.fetchval(
        "select deadlocks from pg_stat_database where datname = current_database()"
    )
    await administrator.close()
    return messages / (max(ended) - began), deadlocks


_WAITING = """
select count(*) from pg_locks
where not granted and (locktype = 'advisory' or relation = 'tally'::regclass)
"""


async def tally(place: Place, messages: int) -> float:
    """Handle messages until all replicas together have handled all; returns when that was, in the system's time."""

    async def count(event: ProjectSubmitted, work: Work) -> None:
        for one in _subjects(event):
            await work.connection.execute(
                "insert into tally (subject, hits) values ($1, 1)"
                " on conflict (subject) do update set hits = tally.hits + 1",
                one,
            )
        work.publish(declined(event.project_id))

    async with screening_at(place, count, changes=_subjects) as replica:
        async with replica.units_of_work.read() as connection:
            while await connection.fetchval("select sum(hits) from tally") != 2 * messages:
                await asyncio.sleep(LOOKS_EVERY)
        await all_published(replica)
        return time.time()


def _subjects(event: ProjectSubmitted) -> tuple[str, str]:
    """Two of the twenty: the project, and another that depends on the message."""
    number = int(event.title.removeprefix("Project "))
    return event.subject, subject("project", f"P{(number * 7 + 3) % SUBJECTS}")
