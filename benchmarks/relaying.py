"""`relay_ratio`: rows a second that the relay publishes with confirm and marks as sent, after a crash left them."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from faststream.rabbit import RabbitBroker, RabbitExchange
from faststream_outbox import OutboxBroker, make_outbox_table, outbox_autovacuum_ddl
from sqlalchemy import MetaData, Table, select, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from benchmarks.figure import Measured, Reading, Sizes
from benchmarks.processes import alone
from benchmarks.product import AT_A_TIME, LOOKS_EVERY, fill_outbox, relay_at, until_sent
from benchmarks.servers import BenchServers, Place
from benchmarks.traffic import SERVICES, waiting_in
from shared.broker.topology import EVENTS
from shared.clock import system_time
from shared.contracts.envelope import Envelope, identity
from shared.contracts.screening import ProjectDeclined
from shared.identifiers import new_id
from shared.runtime.outgoing import Outgoing
from tests.support.probe import declined

SIZES = Sizes(smallest=500, usual=10_000)
"""Rows."""

QUEUE = "declined"

WORKERS = 20
FETCHED = 100
FLUSHED = 100
"""The settings of faststream-outbox that its documentation advises for many rows and idempotent subscribers.

Of 1 to 20 workers, 20 were the fastest.
"""


async def measure(servers: BenchServers, rows: int) -> AsyncIterator[Reading]:
    while True:
        left_behind = await rate_at(await servers.fresh(SERVICES), relay_what_a_crash_left, rows)
        peer = await rate_at(await servers.fresh(SERVICES), relay_with_faststream_outbox, rows)
        handed = await rate_at(await servers.fresh(SERVICES), relay_what_was_handed, rows)
        peers = {
            "ninthweek, left by a crash": Measured(left_behind, "rows/s"),
            "ninthweek, handed in memory": Measured(handed, "rows/s"),
            "faststream-outbox": Measured(peer, "rows/s"),
        }
        yield Reading(Measured(left_behind / peer, "times"), peers)


async def rate_at(place: Place, side: Callable[[Place, int], Coroutine[Any, Any, float]], rows: int) -> float:
    """Rows that one side relays a second. Raises `RuntimeError` unless each was published once."""
    seconds = await alone(side, place, rows)
    published = await waiting_in(place.amqp_url, "intake")
    if published != rows:
        raise RuntimeError(f"of {rows} rows {published} were published")
    return rows / seconds


async def relay_what_a_crash_left(place: Place, rows: int) -> float:
    """Seconds until all rows are sent that their process has not sent in time."""
    return await _seconds_until_sent(place, rows, age=timedelta(minutes=1), handed=False)


async def relay_what_was_handed(place: Place, rows: int) -> float:
    """Seconds until all rows are sent that were handed over in memory."""
    return await _seconds_until_sent(place, rows, age=timedelta(0), handed=True)


async def _seconds_until_sent(place: Place, rows: int, *, age: timedelta, handed: bool) -> float:
    """Fill the outbox with rows of an age, and relay them; `handed` says whether they are handed over in memory."""
    outgoing = _outgoing(rows)
    async with relay_at(place) as (relay, pool):
        await fill_outbox(pool, outgoing, published_at=system_time() - age)
        if handed:
            relay.hand_over(outgoing)
        began = time.perf_counter()
        running = asyncio.create_task(relay.run())
        await until_sent(pool)
        seconds = time.perf_counter() - began
        running.cancel()
        return seconds


def _outgoing(rows: int) -> list[Outgoing]:
    return [_row(declined(f"P{number}")) for number in range(rows)]


def _row(event: ProjectDeclined) -> Outgoing:
    identifier = new_id()
    envelope = Envelope(
        id=str(identifier),
        source="screening",
        type=event.type,
        time=datetime.now(UTC),
        subject=event.subject,
        correlation_id=str(identifier),
    )
    body = event.to_json()
    return Outgoing(
        id=identifier,
        identity=identity(envelope, body),
        exchange=EVENTS,
        routing_key=event.routing_key,
        headers=envelope.to_headers(),
        body=body,
        mandatory=True,
    )


async def relay_with_faststream_outbox(place: Place, rows: int) -> float:
    """Seconds until its table is empty: a sent row is deleted."""
    table = make_outbox_table(MetaData())
    address = urlunsplit(urlsplit(place.database_url)._replace(scheme="postgresql+asyncpg"))
    engine = create_async_engine(address, pool_size=WORKERS + 10)
    outbox = OutboxBroker(engine, outbox_table=table, logger=None)
    rabbit = RabbitBroker(place.amqp_url, logger=None)
    events = rabbit.publisher(
        exchange=RabbitExchange(EVENTS, declare=False), routing_key=ProjectDeclined.routing_key, persist=True
    )

    @events
    @outbox.subscriber(
        QUEUE,
        max_workers=WORKERS,
        fetch_batch_size=FETCHED,
        terminal_flush_batch_size=FLUSHED,
        propagate_inbound_headers=True,
    )
    async def relay(body: dict[str, Any]) -> dict[str, Any]:
        return body

    await _fill_faststream_outbox(engine, table, outbox, rows)
    async with rabbit:
        began = time.perf_counter()
        await outbox.start()
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            while (await connection.execute(select(table.c.id).limit(1))).first() is not None:
                await asyncio.sleep(LOOKS_EVERY)
        seconds = time.perf_counter() - began
        await outbox.stop()
    await engine.dispose()
    return seconds


async def _fill_faststream_outbox(engine: AsyncEngine, table: Table, outbox: OutboxBroker, rows: int) -> None:
    headers = _row(declined("P0")).headers
    async with engine.begin() as connection:
        await connection.run_sync(table.metadata.create_all)
        await connection.execute(text(outbox_autovacuum_ddl(table.name)))
    for begin in range(0, rows, AT_A_TIME):
        bodies = [
            declined(f"P{number}").model_dump(mode="json") for number in range(begin, min(begin + AT_A_TIME, rows))
        ]
        async with engine.begin() as connection:
            await outbox.publish_batch(*bodies, queue=QUEUE, session=connection, headers=headers)
