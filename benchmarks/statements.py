"""`statements_per_message`: round trips to the database, counted on the wire, with the handler's own one."""

import asyncio

from benchmarks.figure import Figure, Series
from benchmarks.recording import add_table, record
from benchmarks.servers import BenchServers, Place
from benchmarks.traffic import SERVICES
from shared.contracts.intake import ProjectSubmitted
from shared.runtime import Work
from tests.support.groups import groups
from tests.support.probe import declined, probe, submitted
from tests.support.round_trips import counting_round_trips

LARGEST = 50


def measure(servers: BenchServers, _repeats: int) -> Figure:
    """They are counted, so once is enough."""
    place = servers.fresh(SERVICES)
    asyncio.run(add_table(place))
    alone, in_group = asyncio.run(_count(place))
    peers = {
        "a message alone": Series((alone,), "round trips"),
        f"one of {LARGEST} in a group": Series((in_group,), "round trips"),
    }
    return Figure(peers[f"one of {LARGEST} in a group"], peers)


async def _count(place: Place) -> tuple[float, float]:
    async def record_and_decline(event: ProjectSubmitted, work: Work) -> None:
        await record(work.connection, event)
        work.publish(declined(event.project_id))

    counted = {}
    async with (
        counting_round_trips(place.service_url("screening")) as trips,
        groups(probe(record_and_decline), database_url=trips.url, amqp_url=place.amqp_url) as screening,
    ):
        for size in (LARGEST, 1, LARGEST):  # the first prepares the statements
            before = trips.count
            events = [submitted(f"P{number}", title=f"{before}-{number}") for number in range(size)]
            await screening.handle(events)
            counted[size] = (trips.count - before) / size
    return counted[1], counted[LARGEST]
