"""What a message costs of the database, counted on the wire: it may only fall."""

import pytest

from shared.database.roles import service_url
from tests.support.groups import groups
from tests.support.probe import probe, publish_declined, submitted
from tests.support.round_trips import counting_round_trips

ROUND_TRIPS = 5
"""Of a group, whatever its size, beside its handlers' own statements: begin with its locks; claim; publish; commit; and
mark as sent."""


@pytest.mark.parametrize("size", [1, 50])
async def test_a_group_costs_the_same_few_round_trips_whatever_its_size(
    test_database_url: str, amqp_url: str, size: int
) -> None:
    async with (
        counting_round_trips(service_url(test_database_url, "screening")) as trips,
        groups(probe(publish_declined), database_url=trips.url, amqp_url=amqp_url) as screening,
    ):
        await screening.handle([submitted(f"P{number}") for number in range(size)])  # statements are prepared
        before = trips.count
        await screening.handle([submitted(f"P{number}") for number in range(size)])
        assert trips.count - before <= ROUND_TRIPS
        assert trips.count > before
