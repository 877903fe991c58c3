"""`statements_per_message`: round trips to the database for each message, counted on the wire."""

from collections.abc import AsyncIterator

from benchmarks.figure import Measured, Reading, Sizes
from benchmarks.recording import add_table, record
from benchmarks.servers import BenchServers, Place
from benchmarks.traffic import SERVICES
from shared.contracts.intake import ProjectSubmitted
from shared.runtime import Work
from tests.support.groups import groups
from tests.support.probe import declined, probe, submitted
from tests.support.round_trips import counting_round_trips

SIZES = Sizes(smallest=50, usual=50)
"""Messages in a group. The smallest size is the same: a smaller group would have another count."""


async def measure(servers: BenchServers, largest: int) -> AsyncIterator[Reading]:
    """A count is the same each time, so there is one reading."""
    place = await servers.fresh(SERVICES)
    await add_table(place)
    alone, in_group = await _count(place, largest)
    in_group_of_largest = Measured(in_group, "round trips")
    peers = {
        "a message alone": Measured(alone, "round trips"),
        f"one of {largest} in a group": in_group_of_largest,
    }
    yield Reading(in_group_of_largest, peers)


async def _count(place: Place, largest: int) -> tuple[float, float]:
    async def record_and_decline(event: ProjectSubmitted, work: Work) -> None:
        await record(work.connection, event)
        work.publish(declined(event.project_id))

    counted = {}
    async with (
        counting_round_trips(place.service_url("screening")) as trips,
        groups(probe(record_and_decline), database_url=trips.url, amqp_url=place.amqp_url) as screening,
    ):
        for size in (largest, 1, largest):  # the first prepares the statements
            before = trips.count
            events = [submitted(f"P{number}", title=f"{before}-{number}") for number in range(size)]
            await screening.handle(events)
            counted[size] = (trips.count - before) / size
    return counted[1], counted[largest]
