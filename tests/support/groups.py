"""Groups of messages, handed to a service's runtime as its subscriber does; its relay sends what is published."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from prometheus_client import CollectorRegistry

from shared.broker.topology import EVENTS, ServiceQueue
from shared.clock import system_time
from shared.contracts.envelope import Envelope
from shared.contracts.message import Event
from shared.database.connection import connect_pool
from shared.runtime.handling import Handling
from shared.runtime.incoming import Incoming
from shared.runtime.metrics import Metrics
from shared.runtime.partitions import Partitions
from shared.runtime.publisher import publisher
from shared.runtime.relay import Relay
from shared.runtime.service import Service
from shared.runtime.settings import RuntimeSettings


@dataclass(frozen=True)
class Group:
    """A service that handles groups of exactly the given size; a queue promises no size."""

    handling: Handling
    relay: Relay

    async def handle(self, events: Sequence[Event]) -> None:
        """Handle events in one group, and send what their handlers publish."""
        service = self.handling.service.name
        await self.handling.handle_messages([self.handling.read(_delivered(service, event)) for event in events])
        await self.relay.drain()


@asynccontextmanager
async def groups(service: Service, *, database_url: str, amqp_url: str) -> AsyncIterator[Group]:
    """A service that consumes no queue, while the block lasts."""
    settings = RuntimeSettings()
    pool = await connect_pool(database_url, schema=service.name, size=settings.pool_size)
    partitions, metrics = Partitions(settings.remember), Metrics(service.name, CollectorRegistry())
    async with publisher(amqp_url) as publish:
        relay = Relay(service.name, pool, system_time, publish, partitions, metrics)
        yield Group(Handling(service, pool, system_time, relay, partitions, metrics), relay)
    await pool.close()


def _delivered(service: str, event: Event) -> Incoming:
    envelope = Envelope(
        id=str(uuid4()), source="intake", type=event.type, time=datetime.now(UTC), subject=event.subject
    )
    return Incoming.delivered(
        service=service,
        queue=ServiceQueue.MESSAGES,
        exchange=EVENTS,
        routing_key=event.routing_key,
        headers=envelope.to_headers(),
        body=event.to_json(),
        delivered_before=False,
    )
