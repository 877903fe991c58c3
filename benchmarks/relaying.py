"""`relay_ratio`: rows a second that are published with confirm and noted as sent, as a crash has left them."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from faststream.rabbit import RabbitBroker, RabbitExchange
from faststream_outbox import OutboxBroker, make_outbox_table, outbox_autovacuum_ddl
from prometheus_client import CollectorRegistry
from sqlalchemy import MetaData, Table, select, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from benchmarks.figure import Figure, Series, ratio_of
from benchmarks.processes import alone
from benchmarks.servers import BenchServers, Place
from benchmarks.traffic import SERVICES, waiting_in
from shared.broker.topology import EVENTS
from shared.clock import system_time
from shared.contracts.envelope import Envelope, identity
from shared.contracts.screening import ProjectDeclined
from shared.database.connection import Pool, acquire, connect_pool
from shared.identifiers import new_id
from shared.runtime import store
from shared.runtime.metrics import Metrics
from shared.runtime.outgoing import Outgoing
from shared.runtime.publisher import publisher
from shared.runtime.relay import Relay
from shared.runtime.ring import Ring
from shared.runtime.settings import RuntimeSettings
from tests.support.probe import declined

ROWS = 10_000
AT_A_TIME = 1_000
"""Rows of one statement that fills a table."""

LOOKS_EVERY = 0.005
"""Seconds between two looks at whether all is sent."""

QUEUE = "declined"

WORKERS = 20
FETCHED = 100
FLUSHED = 100
"""What its documentation names for many rows and hearers that know a message again: of 1 to 20 workers, the fastest."""


def measure(servers: BenchServers, repeats: int) -> Figure:
    left_behind, handed, peer = [], [], []
    for _ in range(repeats):
        left_behind.append(rate_at(servers.fresh(SERVICES), relay_what_a_crash_left))
        peer.append(rate_at(servers.fresh(SERVICES), relay_with_faststream_outbox))
        handed.append(rate_at(servers.fresh(SERVICES), relay_what_was_handed))
    peers = {
        "ninthweek, left by a crash": Series(tuple(left_behind), "rows/s"),
        "ninthweek, handed in memory": Series(tuple(handed), "rows/s"),
        "faststream-outbox": Series(tuple(peer), "rows/s"),
    }
    return Figure(ratio_of(left_behind, peer), peers)


def rate_at(place: Place, side: Callable[[Place, int], Coroutine[Any, Any, float]]) -> float:
    """Rows a second. Raises `RuntimeError` where they were not published, each once."""
    seconds = alone(side, place, ROWS)
    published = asyncio.run(waiting_in(place.amqp_url, "intake"))
    if published != ROWS:
        raise RuntimeError(f"of {ROWS} rows {published} were published")
    return ROWS / seconds


async def relay_what_a_crash_left(place: Place, rows: int) -> float:
    """Seconds until all are sent that nobody has sent in time."""
    async with _relay(place) as (relay, pool):
        await fill(pool, _outgoing(rows), said_at=system_time() - timedelta(minutes=1))
        return await _until_sent(relay, pool)


async def relay_what_was_handed(place: Place, rows: int) -> float:
    """Seconds until all are sent that were handed over in memory."""
    outgoing = _outgoing(rows)
    async with _relay(place) as (relay, pool):
        await fill(pool, outgoing, said_at=system_time())
        relay.hand(outgoing)
        return await _until_sent(relay, pool)


@asynccontextmanager
async def _relay(place: Place) -> AsyncIterator[tuple[Relay, Pool]]:
    settings = RuntimeSettings()
    pool = await connect_pool(place.service_url("screening"), schema="screening", size=settings.pool_size)
    metrics = Metrics("screening", CollectorRegistry())
    async with publisher(place.amqp_url) as publish:
        yield Relay("screening", pool, system_time, publish, Ring(settings.remember), metrics), pool
    await pool.close()


async def fill(pool: Pool, outgoing: Sequence[Outgoing], *, said_at: datetime) -> None:
    """Put rows into the outbox, as transactions leave them."""
    slot = Ring(RuntimeSettings().remember).slot(said_at)
    async with acquire(pool) as connection:
        for begin in range(0, len(outgoing), AT_A_TIME):
            await store.outbox.add(connection, outgoing[begin : begin + AT_A_TIME], slot=slot, said_at=said_at)


async def _until_sent(relay: Relay, pool: Pool) -> float:
    began = time.perf_counter()
    running = asyncio.create_task(relay.run())
    async with acquire(pool) as connection:
        while await store.glance.anything_due(connection, programme_now=system_time()):
            await asyncio.sleep(LOOKS_EVERY)
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
        bodies = [declined(f"P{number}").model_dump(mode="json") for number in range(begin, begin + AT_A_TIME)]
        async with engine.begin() as connection:
            await outbox.publish_batch(*bodies, queue=QUEUE, session=connection, headers=headers)
