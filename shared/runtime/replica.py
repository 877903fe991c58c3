"""A running replica of a service: a FastStream application, its connection pool and its relay, started in order."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from faststream import FastStream
from prometheus_client import REGISTRY, CollectorRegistry

from shared.broker.connection import BROKER_AWAY, CLOSE_WITHIN
from shared.broker.topology import ServiceQueue
from shared.clock import Clock, system_time
from shared.database.connection import DatabaseAway, Pool, acquire, connect_pool
from shared.runtime import store
from shared.runtime.broker import ServiceBroker
from shared.runtime.dead_letters import RECONNECT_EVERY, DeadLetter, DeadLetters
from shared.runtime.failures.failure import describe
from shared.runtime.handling import Handling
from shared.runtime.incoming import Delivery, Incoming
from shared.runtime.metrics import Metrics
from shared.runtime.observer import Observer, observed
from shared.runtime.partitions import Partitions
from shared.runtime.publisher import publisher
from shared.runtime.relay import Relay
from shared.runtime.service import Service
from shared.runtime.settings import RuntimeSettings
from shared.runtime.subscriber import Consumption, GroupSubscriber
from shared.runtime.work import UnitsOfWork

CLEAR_EVERY = 600.0
"""Seconds between two clearings of the rows that the inbox and the outbox need not remember any longer."""

ANSWERS_WITHIN = 2.0
"""Seconds that the database may take to answer before it counts as away."""

PUBLISHES_WITHIN = 5.0
"""Seconds that a stopping service may take to publish what is left."""

Handle = Callable[[Sequence[Delivery]], Coroutine[Any, Any, None]]

log = structlog.get_logger()


@dataclass
class Replica:
    """A running service. `running` starts and stops it."""

    service: Service
    clock: Clock
    pool: Pool
    relay: Relay
    subscribers: tuple[GroupSubscriber, ...]
    """The subscribers to its queues."""
    dead_letter_subscriber: GroupSubscriber
    dead_letters: DeadLetters
    units_of_work: UnitsOfWork
    crash: "asyncio.Future[None]"
    """Holds the error of a task of the runtime that must never end. Whoever runs the replica then stops it."""

    async def why_not_ready(self) -> list[str]:
        """Why it is not ready. Empty while it consumes, the database answers, and outbox and dead letters drain."""
        if self.crash.done():
            return ["the runtime has crashed"]
        subscribers = (*self.subscribers, self.dead_letter_subscriber)
        answers = await asyncio.gather(*(subscriber.why_not_ready() for subscriber in subscribers))
        reasons = list(dict.fromkeys(reason for reason in answers if reason))
        try:
            async with asyncio.timeout(ANSWERS_WITHIN), acquire(self.pool) as connection:
                await connection.execute("select")
        except (DatabaseAway, TimeoutError):
            reasons.append("the database does not answer")
        if self.relay.stalled_since is not None:
            reasons.append(f"the outbox has not drained since {self.relay.stalled_since:%H:%M:%S} UTC")
        return reasons + self.dead_letters.why_not_ready()

    async def anything_due(self) -> bool:
        """Whether anything is due to be published by now, or waits for a retry."""
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
    observer: Observer | None = None,
    metrics: CollectorRegistry = REGISTRY,
) -> AsyncIterator[Replica]:
    """Run one replica while the block lasts.

    When the block ends the replica stops in this order, so that nothing is lost: it consumes nothing more, handles what
    was delivered, publishes what that led to, and only then closes the connections to broker and database. Messages
    that the broker was about to deliver go to another replica.
    """
    service.check()
    settings = settings or RuntimeSettings()
    broker, dead_letter_broker = ServiceBroker(amqp_url), ServiceBroker(amqp_url, reconnect_every=RECONNECT_EVERY)

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        """Open pool, publisher and relay before the first delivery, and close them after the last one was handled."""
        async with publisher(amqp_url) as publish, _pool(database_url, service.name, settings) as pool:
            partitions, figures = Partitions(settings.remember), Metrics(service.name, metrics)
            relay = Relay(service.name, pool, clock, observed(service.name, publish, observer), partitions, figures)
            handling = Handling(service, pool, clock, relay, partitions, figures, observer)
            limit = settings.stop_within
            subscribers = tuple(
                broker.add_group_subscriber(consumption, stop_within=limit)
                for consumption in _consumptions(service, handling, settings)
            )
            dead_letters = DeadLetters(service.name, handling)
            dead_letter_subscriber = dead_letter_broker.add_group_subscriber(
                _consumption_of_dead_letters(dead_letters, handling), stop_within=limit
            )
            crash: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            replica = Replica(
                service,
                clock,
                pool,
                relay,
                subscribers,
                dead_letter_subscriber,
                dead_letters,
                handling.units_of_work,
                crash,
            )
            tasks = [asyncio.create_task(relay.run()), asyncio.create_task(_clear_regularly(pool, settings))]
            tasks += [asyncio.create_task(subscriber.run()) for subscriber in (*subscribers, dead_letter_subscriber)]
            for task in tasks:
                task.add_done_callback(lambda ended: _note_crash(service.name, ended, crash))
            application.context.set_global("replica", replica)
            try:
                yield
            finally:
                await _publish_the_rest(replica)
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    application = FastStream(broker, dead_letter_broker, lifespan=lifespan, logger=None)
    async with application.lifespan_context():
        try:
            await application.start()
            log.info("service runs", service=service.name)
            yield application.context.get("replica")
        finally:
            await _stop(application, settings)
    log.info("service stopped", service=service.name)


def _note_crash(service: str, ended: "asyncio.Task[None]", crash: "asyncio.Future[None]") -> None:
    """Log why a task of the runtime ended, and record the error.

    These tasks handle every error that is known to occur. After any other the state of the runtime is unknown: the
    replica must be stopped, and does not go on.
    """
    if ended.cancelled() or crash.done():
        return
    error = ended.exception() or RuntimeError("it ended")
    log.critical("the runtime has crashed", service=service, error=describe(error))
    crash.set_exception(error)


async def _stop(application: FastStream, settings: RuntimeSettings) -> None:
    """Consume nothing more and finish what was begun. What takes too long is delivered again, to another replica."""
    with suppress(TimeoutError, *BROKER_AWAY):
        async with asyncio.timeout(settings.stop_within.total_seconds() + CLOSE_WITHIN):
            await application.stop()


async def _publish_the_rest(replica: Replica) -> None:
    """Publish what the last messages led to. What cannot be published now stays in the outbox, for the next sweep."""
    with suppress(TimeoutError, DatabaseAway, *BROKER_AWAY):
        async with asyncio.timeout(PUBLISHES_WITHIN):
            await replica.relay.drain()


@asynccontextmanager
async def _pool(database_url: str, schema: str, settings: RuntimeSettings) -> AsyncIterator[Pool]:
    pool = await connect_pool(database_url, schema=schema, size=settings.pool_size)
    try:
        yield pool
    finally:
        try:
            async with asyncio.timeout(CLOSE_WITHIN):
                await pool.close()
        except TimeoutError:
            pool.terminate()


def _consumptions(service: Service, handling: Handling, settings: RuntimeSettings) -> list[Consumption[Delivery]]:
    """How the service's queues are consumed: its messages in groups, its effects one by one."""
    messages = _consumption(
        handling,
        ServiceQueue.MESSAGES,
        handling.handle_messages,
        prefetch=settings.prefetch,
        largest_group=settings.largest_group,
        concurrency=1,
    )
    effects = _consumption(
        handling,
        ServiceQueue.EFFECTS,
        handling.handle_effects,
        prefetch=settings.effects_side_by_side,
        largest_group=1,
        concurrency=settings.effects_side_by_side,
    )
    return [messages, effects] if service.effects else [messages]


def _consumption(
    handling: Handling, queue: ServiceQueue, handle: Handle, *, prefetch: int, largest_group: int, concurrency: int
) -> Consumption[Delivery]:
    name = handling.service.name
    return Consumption(
        queue=queue.of(name),
        read=lambda raw: handling.read(Incoming.from_raw(raw, service=name, queue=queue)),
        handle=handle,
        wait_for_database=_database_waiter(handling.pool),
        report_stuck=handling.on_error.report_stuck_queue,
        prefetch=prefetch,
        largest_group=largest_group,
        concurrency=concurrency,
    )


def _consumption_of_dead_letters(dead_letters: DeadLetters, handling: Handling) -> Consumption[DeadLetter]:
    """How dead letters are consumed: one at a time, over a connection of their own.

    A dead letter that breaks its connection then breaks the delivery of nothing else.
    """
    return Consumption(
        queue=dead_letters.queue,
        read=dead_letters.read,
        handle=dead_letters.adopt,
        wait_for_database=_database_waiter(handling.pool),
        report_stuck=handling.on_error.report_stuck_queue,
        prefetch=1,
        largest_group=1,
        concurrency=1,
        is_optional=True,
    )


def _database_waiter(pool: Pool) -> Callable[[], Coroutine[Any, Any, None]]:
    async def wait_for_database() -> None:
        """Return once the database answers, asking at longer and longer intervals."""
        pause = 0.1
        log.warning("the database is away: nothing is handled until it is back")
        while True:
            await asyncio.sleep(pause)
            with suppress(DatabaseAway):
                async with acquire(pool) as connection:
                    await connection.execute("select", timeout=ANSWERS_WITHIN)
                log.info("the database is back")
                return
            pause = min(pause * 2, 2.0)

    return wait_for_database


async def _clear_regularly(pool: Pool, settings: RuntimeSettings) -> None:
    while True:
        with suppress(DatabaseAway):
            async with acquire(pool) as connection:
                await store.retention.clear(connection, before=system_time() - settings.remember)
        await asyncio.sleep(CLEAR_EVERY)
