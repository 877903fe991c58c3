"""What is older than a service remembers is cleared, a partition at a time; what is still needed is not."""

import asyncio
from datetime import datetime, timedelta

import asyncpg
import pytest

from shared.clock import system_time
from shared.contracts.screening import ProjectDeclined
from shared.database.connection import acquire
from shared.runtime import store
from tests.support.probe import probe, publish_declined, submitted
from tests.support.running import RunningService, Start


@pytest.fixture
async def screening(start: Start) -> RunningService:
    """A service that has handled one message and published one, both of which are old by now."""
    service: RunningService = await start(probe(publish_declined))
    await service.receive(submitted("P1"))
    await _age(service, timedelta(days=40))
    return service


async def _age(service: RunningService, age: timedelta) -> None:
    await service.connection.execute("update inbox set handled_at = handled_at - $1::interval", age)
    await service.connection.execute("update outbox set published_at = published_at - $1::interval", age)


async def _forget(service: RunningService, *, before: datetime) -> None:
    """As the service itself does, in its own role."""
    async with acquire(service.replicas[0].pool) as connection:
        await store.retention.clear(connection, before=before)


async def _kept(service: RunningService) -> tuple[int, int]:
    return (
        await service.connection.fetchval("select count(*) from inbox"),
        await service.connection.fetchval("select count(*) from outbox"),
    )


async def test_a_partition_of_which_all_is_old_is_emptied(screening: RunningService) -> None:
    await _forget(screening, before=system_time() - timedelta(days=30))
    assert await _kept(screening) == (0, 0)


async def test_a_partition_with_anything_that_is_not_old_is_kept_whole(screening: RunningService) -> None:
    await screening.receive(submitted("P2"))
    await _forget(screening, before=system_time() - timedelta(days=30))
    assert await _kept(screening) == (2, 2)


async def test_what_is_not_yet_sent_is_not_forgotten(screening: RunningService) -> None:
    await screening.connection.execute(
        "insert into unsent (id, slot, look_at) select id, slot, $1 from outbox", system_time() + timedelta(days=1)
    )
    await _forget(screening, before=system_time() - timedelta(days=30))
    assert await _kept(screening) == (0, 1)


async def test_a_partition_that_somebody_reads_is_left_for_the_next_time(
    screening: RunningService, test_database_url: str
) -> None:
    reader = await asyncpg.connect(test_database_url, server_settings={"search_path": "screening"})
    async with reader.transaction():
        await reader.fetch("select from inbox")
        await _forget(screening, before=system_time() - timedelta(days=30))
        assert await _kept(screening) == (1, 0)
    await reader.close()
    await _forget(screening, before=system_time() - timedelta(days=30))
    assert await _kept(screening) == (0, 0)


async def test_messages_are_handled_while_old_ones_are_cleared(screening: RunningService) -> None:
    async def clear_again_and_again() -> None:
        while True:
            await _forget(screening, before=system_time() - timedelta(days=30))

    clearing = asyncio.create_task(clear_again_and_again())
    await screening.receive(*(submitted(f"P{number}") for number in range(2, 102)))
    clearing.cancel()
    published = {event.project_id for event in await screening.published(ProjectDeclined)}
    assert {f"P{number}" for number in range(2, 102)} <= published
    assert await screening.failures() == []
