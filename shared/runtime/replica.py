"""One running replica of a service: its pool, its broker, its relay and its consumers, started and stopped in order."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

import structlog
from prometheus_client import REGISTRY, CollectorRegistry

from shared.broker.connection import BROKER_AWAY, connected
from shared.broker.topology import Lane
from shared.clock import Clock, system_time
from shared.database.connection import DatabaseAway, Pool, acquire, connect_pool
from shared.runtime import store
from shared.runtime.consumer import Consumer
from shared.runtime.dead_letters import DeadLetters
from shared.runtime.failure import describe
from shared.runtime.flight import Flight
from shared.runtime.handling import Handling
from shared.runtime.metrics import Metrics
from shared.runtime.publisher import publisher
from shared.runtime.relay import Relay
from shared.runtime.ring import Ring
from shared.runtime.service import Service
from shared.runtime.settings import RuntimeSettings
from shared.runtime.work import UnitsOfWork

FORGET_EVERY = 600.0
"""Seconds between two clearings of what the inbox and the outbox need not remember."""

ANSWERS_WITHIN = 2.0
"""Seconds that the database may take to answer before it counts as away."""

log = structlog.get_logger()


@dataclass
class Replica:
    """A service at work. `running` starts and stops it."""

    service: Service
    clock: Clock
    pool: Pool
    relay: Relay
    consumers: tuple[Consumer, ...]
    dead_letters: DeadLetters
    units_of_work: UnitsOfWork
    crash: "asyncio.Future[None]"
    """Done with the error of a task of the runtime that must not end; whoever runs the replica stops it then."""

    async def why_not_ready(self) -> list[str]:
        """What keeps it from its work; empty while it consumes, the pool answers, outbox and dead letters drain."""
        if self.crash.done():
            return ["the runtime has crashed"]
        delivers = all([await consumer.consumes() for consumer in self.consumers])
        reasons = [] if delivers else ["the broker does not deliver"]
        try:
            async with asyncio.timeout(ANSWERS_WITHIN), acquire(self.pool) as connection:
                await connection.execute("select")
        except (DatabaseAway, TimeoutError):
            reasons.append("the database does not answer")
        if self.relay.stalled_since is not None:
            reasons.append(f"the outbox has not drained since {self.relay.stalled_since:%H:%M:%S} UTC")
        return reasons + self.dead_letters.why_not_ready()

    async def anything_due(self) -> bool:
        """Whether its outbox has anything to say by now."""
        async with acquire(self.pool) as connection:
            return await store.glance.anything_due(connection, programme_now=self.clock())

    async def next_timer(self) -> datetime | None:
        """When its next timer is due, by the programme's time."""
        async with acquire(self.pool) as connection:
            timer, _ = await store.waiting.next_due(connection)
            return timer


@asynccontextmanager
async def running(
    service: Service,
    *,
    database_url: str,
    amqp_url: str,
    clock: Clock = system_time,
    settings: RuntimeSettings | None = None,
    flight: Flight | None = None,
    metrics: CollectorRegistry = REGISTRY,
) -> AsyncIterator[Replica]:
    """Run one replica while the block lasts.

    Stopping takes nothing more, finishes what was delivered, publishes what that said, and only then lets go of broker
    and database: nothing is lost, and nothing comes back as delivered before.
    """
    service.check()
    settings = settings or RuntimeSettings()
    async with connected(amqp_url) as connection, publisher(amqp_url) as publish:
        pool = await connect_pool(database_url, schema=service.name, size=settings.pool_size)
        ring, figures = Ring(settings.remember), Metrics(service.name, metrics)
        relay = Relay(service.name, pool, clock, publish, ring, figures, flight)
        handling = Handling(service, pool, clock, relay, ring, figures, flight)
        consumers = _consumers(service, handling, settings, _until_answers(pool))
        dead_letters = DeadLetters(service.name, handling, amqp_url)
        crash: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        replica = Replica(service, clock, pool, relay, consumers, dead_letters, handling.units_of_work, crash)
        tasks = [asyncio.create_task(relay.run()), asyncio.create_task(_forget(pool, settings))]
        tasks += [asyncio.create_task(consumer.run()) for consumer in consumers]
        for task in tasks:
            task.add_done_callback(lambda ended: _note_crash(service.name, ended, crash))
        tasks.append(asyncio.create_task(dead_letters.run()))  # which ends when it is stopped
        try:
            for consumer in consumers:
                await consumer.start(connection)
            log.info("service runs", service=service.name)
            yield replica
        finally:
            await _finish(replica, settings.stop_within.total_seconds())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await _close(pool)
            log.info("service stopped", service=service.name)


def _note_crash(service: str, ended: "asyncio.Task[None]", crash: "asyncio.Future[None]") -> None:
    """Nothing that may be expected ends these tasks; what has no name yet is told loudly, and not gone on after."""
    if ended.cancelled() or crash.done():
        return
    error = ended.exception() or RuntimeError("it ended")
    log.critical("the runtime has crashed", service=service, error=describe(error))
    crash.set_exception(error)


async def _finish(replica: Replica, seconds: float) -> None:
    """Take nothing more, and end what was begun, unless that takes too long: then it comes again elsewhere."""
    try:
        async with asyncio.timeout(seconds):
            for consumer in replica.consumers:
                await consumer.stop_taking()
            for consumer in replica.consumers:
                await consumer.finish()
            await replica.dead_letters.stop()
            with suppress(DatabaseAway, *BROKER_AWAY):
                await replica.relay.drain()
    except TimeoutError:
        log.warning("stopped before all was handled", service=replica.service.name)


async def _close(pool: Pool) -> None:
    try:
        async with asyncio.timeout(5):
            await pool.close()
    except TimeoutError:
        pool.terminate()


def _consumers(
    service: Service,
    handling: Handling,
    settings: RuntimeSettings,
    until_answers: Callable[[], Awaitable[None]],
) -> tuple[Consumer, ...]:
    messages = Consumer(
        service.name,
        Lane.MESSAGES,
        handling.read,
        handling.messages,
        until_answers,
        prefetch=settings.prefetch,
        largest_group=settings.largest_group,
        side_by_side=1,
    )
    effects = Consumer(
        service.name,
        Lane.EFFECTS,
        handling.read,
        handling.effects,
        until_answers,
        prefetch=settings.effects_side_by_side,
        largest_group=1,
        side_by_side=settings.effects_side_by_side,
    )
    return (messages, effects) if service.effects else (messages,)


def _until_answers(pool: Pool) -> Callable[[], Awaitable[None]]:
    async def until_answers() -> None:
        """Wait for the database, asking more and more slowly."""
        patience = 0.1
        log.warning("the database is away: nothing is handled until it is back")
        while True:
            await asyncio.sleep(patience)
            with suppress(DatabaseAway):
                async with acquire(pool) as connection:
                    await connection.execute("select", timeout=ANSWERS_WITHIN)
                log.info("the database is back")
                return
            patience = min(patience * 2, 2.0)

    return until_answers


async def _forget(pool: Pool, settings: RuntimeSettings) -> None:
    while True:
        with suppress(DatabaseAway):
            async with acquire(pool) as connection:
                await store.forgetting.forget(connection, before=system_time() - settings.remember)
        await asyncio.sleep(FORGET_EVERY)
