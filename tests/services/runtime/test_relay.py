"""The relay publishes what is handed to it, and finds in its tables what nobody hands over."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from aio_pika.exceptions import DeliveryError
from aiormq import spec
from prometheus_client import CollectorRegistry

from shared.broker.topology import EVENTS
from shared.clock import system_time
from shared.database.connection import Pool, acquire, connect_pool
from shared.database.roles import service_url
from shared.runtime import store
from shared.runtime.metrics import Metrics
from shared.runtime.outgoing import Outgoing
from shared.runtime.partitions import Partitions
from shared.runtime.publisher import Publish
from shared.runtime.relay import MOST_IN_MEMORY, Relay

PARTITIONS = Partitions(timedelta(days=30))


@pytest.fixture
async def pool(test_database_url: str) -> AsyncIterator[Pool]:
    pool = await connect_pool(service_url(test_database_url, "screening"), schema="screening", size=3)
    yield pool
    await pool.close()


def row(*, due_at: datetime | None = None) -> Outgoing:
    return Outgoing(
        id=uuid4(),
        identity=uuid4(),
        exchange=EVENTS,
        routing_key="project.declined",
        headers={"ce-id": "e1"},
        body=b"{}",
        mandatory=True,
        due_at=due_at,
    )


def relay(pool: Pool, publish: Publish) -> Relay:
    return Relay("screening", pool, system_time, publish, PARTITIONS, Metrics("screening", CollectorRegistry()))


async def left_unsent(pool: Pool) -> int:
    async with acquire(pool) as connection:
        unsent: int = await connection.fetchval("select count(*) from unsent")
        return unsent


async def add(pool: Pool, *rows: Outgoing, published_at: datetime) -> None:
    async with acquire(pool) as connection:
        await store.outbox.add(connection, rows, slot=PARTITIONS.slot(published_at), published_at=published_at)


async def test_a_timer_fires_though_there_is_always_something_else_to_publish(pool: Pool) -> None:
    timer, fired = row(due_at=system_time()), asyncio.Event()
    async with acquire(pool) as connection:
        await store.waiting.add(connection, [timer], published_at=system_time())

    async def publish(rows: Sequence[Outgoing]) -> list[BaseException | None]:
        if timer.id in {row.id for row in rows}:
            fired.set()
        busy.hand_over([row()])
        return [None] * len(rows)

    busy = relay(pool, publish)
    busy.hand_over([row()])
    running = asyncio.create_task(busy.run())
    async with asyncio.timeout(20):
        await fired.wait()
    running.cancel()


async def test_rows_that_a_crash_left_behind_are_published_and_noted(pool: Pool) -> None:
    left = [row() for _ in range(2_500)]
    await add(pool, *left, published_at=system_time() - timedelta(minutes=1))
    published: list[Outgoing] = []

    async def publish(rows: Sequence[Outgoing]) -> list[BaseException | None]:
        published.extend(rows)
        return [None] * len(rows)

    running = asyncio.create_task(relay(pool, publish).run())
    async with asyncio.timeout(20):
        while await left_unsent(pool):
            await asyncio.sleep(0.01)
    running.cancel()
    assert sorted(row.id for row in published) == sorted(row.id for row in left)


async def test_a_row_that_the_broker_refuses_waits_and_keeps_no_other(pool: Pool) -> None:
    refused, good = row(), row()
    await add(pool, refused, good, published_at=system_time())

    async def publish(rows: Sequence[Outgoing]) -> list[BaseException | None]:
        return [DeliveryError(None, spec.Basic.Nack()) if row.id == refused.id else None for row in rows]

    one = relay(pool, publish)
    one.hand_over([refused, good])
    await one.drain()
    assert await left_unsent(pool) == 1


async def test_of_what_is_published_while_the_broker_is_away_only_so_much_is_held_in_memory(pool: Pool) -> None:
    published: list[Outgoing] = []

    async def publish(rows: Sequence[Outgoing]) -> list[BaseException | None]:
        published.extend(rows)
        return [None] * len(rows)

    stalled = relay(pool, publish)
    for _ in range(MOST_IN_MEMORY + 100):
        stalled.hand_over([row()])
    await stalled.drain()
    assert len(published) == MOST_IN_MEMORY
