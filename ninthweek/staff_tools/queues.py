"""The state of each service: its queues, its outbox, its timers, its failures."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import aio_pika
import asyncpg

from ninthweek.services import NAMES
from ninthweek.settings import AdministratorUrls
from ninthweek.staff_tools.store import oldest_waiting
from shared.broker.policies import Danger, dangers
from shared.broker.topology import ServiceQueue, dead_letter_queue
from shared.clock import system_time
from shared.contracts.directory import SERVICES, Card
from shared.runtime import store


@dataclass(frozen=True)
class ServiceState:
    """A service at a glance; ages in the system's time, `next_timer` in the programme's."""

    service: str
    waiting: int
    """Messages in its queue that were not delivered to a consumer yet."""
    consumers: int
    effects_waiting: int
    oldest: timedelta | None
    """How long the oldest event waits that it has not handled."""
    handled_last_minute: int
    unsent: int
    """Rows of its outbox that are due and not sent."""
    oldest_unsent: timedelta | None
    retries: int
    timers: int
    next_timer: datetime | None
    failures: int
    dead_letters: int
    """Messages in its dead-letter queue: the service has not adopted them yet, or cannot."""
    policies: list[str] | None
    """Policies of the broker that would lose messages of its queues; `None` where they were not looked at."""


async def states(urls: AdministratorUrls, *, programme_now: datetime | None = None) -> list[ServiceState]:
    """The state of all services now. `programme_now` is given only for the data of a demonstration."""
    found = await dangers(urls.management, urls.amqp) if urls.management else None
    async with _connections(urls) as (database, channel):
        return [await _state(database, channel, card, programme_now, found) for card in SERVICES]


@asynccontextmanager
async def _connections(
    urls: AdministratorUrls,
) -> AsyncIterator[tuple["asyncpg.Connection[asyncpg.Record]", aio_pika.abc.AbstractChannel]]:
    database = await asyncpg.connect(urls.database)
    try:
        async with await aio_pika.connect(urls.amqp) as connection, connection.channel() as channel:
            yield database, channel
    finally:
        await database.close()


async def _state(
    database: "asyncpg.Connection[asyncpg.Record]",
    channel: aio_pika.abc.AbstractChannel,
    card: Card,
    programme_now: datetime | None,
    found: list[Danger] | None,
) -> ServiceState:
    now = system_time()
    queues = (*(queue.of(card.name) for queue in ServiceQueue), dead_letter_queue(card.name))
    messages, effects, dead = [(await channel.declare_queue(name, passive=True)).declaration_result for name in queues]
    await database.execute("select set_config('search_path', $1, false)", card.name)
    counts = await store.glance.counts(database, programme_now=programme_now or now, system_now=now)
    keys = [event.routing_key for event in card.subscribes_to]
    oldest = await oldest_waiting(database, card.name, publishers=NAMES, routing_keys=keys)
    return ServiceState(
        service=card.name,
        waiting=messages.message_count or 0,
        consumers=messages.consumer_count or 0,
        effects_waiting=effects.message_count or 0,
        oldest=now - oldest if oldest else None,
        handled_last_minute=counts["handled_last_minute"],
        unsent=counts["unsent"] + counts["timers_due"],
        oldest_unsent=now - counts["oldest_unsent"] if counts["oldest_unsent"] else None,
        retries=counts["retries"],
        timers=counts["timers"],
        next_timer=counts["next_timer"],
        failures=counts["failures"],
        dead_letters=dead.message_count or 0,
        policies=None if found is None else [str(danger) for danger in found if danger.queue in queues],
    )
