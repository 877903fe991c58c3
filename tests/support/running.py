"""A running service, as a test sees it: what it receives, what it publishes, its HTTP API and its tables."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import uuid4

import aio_pika
import asyncpg
import httpx
from faststream.rabbit import RabbitBroker
from prometheus_client import CollectorRegistry

from ninthweek.demonstration.clock import SteppedClock
from ninthweek.demonstration.flight import Flight
from ninthweek.demonstration.quiet import quiet
from ninthweek.services import load
from ninthweek.submitting import broker_at, submit
from shared.broker.topology import EVENTS
from shared.contracts.directory import SERVICES, OutsideSystem, outside_system
from shared.contracts.envelope import Envelope, identity
from shared.contracts.message import Event, Submission, type_registry
from shared.database.connection import prepare_codecs
from shared.database.roles import service_url
from shared.runtime.replica import Replica, running
from shared.runtime.service import Service
from shared.runtime.settings import RuntimeSettings
from shared.web.application import application
from shared.web.authentication import STAFF, Authenticator
from tests.support.network import Link, url_through
from tests.support.publishing import publish_event

TOKENS = {STAFF: "the staff's token", "careers-portal": "the portal's token"}

AnyEvent = TypeVar("AnyEvent", bound=Event)
Start = Callable[..., Awaitable["RunningService"]]


@dataclass
class RunningService:
    """One service, in one replica or more."""

    service: Service
    replicas: list[Replica]
    flight: Flight
    clock: SteppedClock
    broker: RabbitBroker
    channel: aio_pika.abc.AbstractChannel
    http: httpx.AsyncClient
    connection: "asyncpg.Connection[asyncpg.Record]"
    """The administrator's connection, in the service's schema."""
    amqp_url: str
    """The administrator's URL."""
    _database_url: str
    _at_work: AsyncExitStack

    async def stop(self) -> None:
        """Stop the replicas in order."""
        await self._at_work.aclose()

    async def reconnect(self) -> None:
        """Connect to the database again, after it died."""
        self.connection = await connect_to(self._database_url, self.service.name)
        self._at_work.push_async_callback(self.connection.close)

    async def receive(self, *events: Event, source: str | None = None, identifier: str | None = None) -> None:
        """Publish events as their publishers do, one right after the other, and wait until all is quiet."""
        for event in events:
            await self.publish(event, source=source, identifier=identifier)
        await self.quiet()

    async def publish(self, event: Event, *, source: str | None = None, identifier: str | None = None) -> None:
        """Publish an event as its publisher does."""
        envelope = Envelope(
            id=identifier or str(uuid4()),
            source=source or _publisher(event),
            type=event.type,
            time=self.clock(),
            subject=event.subject,
            sequence=event.sequence,
        )
        self.flight.expect([self.service.name], identity(envelope, event.to_json()))
        await publish_event(self.broker, envelope, event)

    async def submit(
        self,
        system: str,
        submission: Submission | tuple[type[Submission], bytes],
        *,
        identifier: str | None = None,
        time: datetime | None = None,
    ) -> str:
        """Send a submission (or the bytes of one) as an outside system, wait until all is quiet; its id."""
        kind, body = submission if isinstance(submission, tuple) else (type(submission), submission.to_json())
        event_id = identifier or str(uuid4())
        sender: OutsideSystem | None = outside_system(system)
        assert sender is not None
        moment = time or self.clock()
        envelope = Envelope(id=event_id, source=system, type=kind.type, time=moment)
        self.flight.expect([self.service.name], identity(envelope, body))
        await submit(self.broker, sender, kind, body, event_id=event_id, time=moment)
        await self.quiet()
        return event_id

    async def quiet(self) -> None:
        """Wait until everything that was published is handled and no timer, retry or event is due."""
        await quiet(self.flight, self.replicas)

    async def step_to(self, moment: datetime) -> None:
        """Step the programme's time to a moment, and wait until all is quiet."""
        self.clock.step_to(moment)
        for replica in self.replicas:
            replica.relay.wake()
        await self.quiet()

    async def published(self, event: type[AnyEvent]) -> list[AnyEvent]:
        """The events of a type that this service has published so far, in order."""
        rows = await self.connection.fetch(
            "select body from outbox where headers->>'ce-type' = $1 and exchange = $2 order by published_at, id",
            event.type,
            EVENTS,
        )
        return [event.from_json(row["body"]) for row in rows]

    async def published_types(self) -> list[str]:
        """The names of all events that this service has published so far, in order."""
        rows = await self.connection.fetch(
            "select headers->>'ce-type' as type from outbox where exchange = $1 order by published_at, id", EVENTS
        )
        return [type_registry[row["type"]].__name__ for row in rows]

    async def failures(self) -> list[dict[str, Any]]:
        return [dict(row) for row in await self.connection.fetch("select * from failures order by id")]


def starter(stack: AsyncExitStack, *, database_url: str, amqp_url: str, clock: SteppedClock) -> Start:
    """A function that starts services for one test; they stop with `stack`."""

    async def start(
        name: str | Service,
        *,
        replicas: int = 1,
        settings: RuntimeSettings | None = None,
        to_database: Link | None = None,
        to_broker: Link | None = None,
    ) -> RunningService:
        """Links are for the service alone: the test itself reaches the servers directly."""
        service = load(name) if isinstance(name, str) else name
        flight = Flight([service.name])
        at_work = await stack.enter_async_context(AsyncExitStack())
        running_replicas = [
            await at_work.enter_async_context(
                running(
                    service,
                    database_url=service_url(url_through(to_database, database_url), service.name),
                    amqp_url=url_through(to_broker, amqp_url),
                    clock=clock,
                    settings=settings,
                    observer=flight,
                    metrics=CollectorRegistry(),
                )
            )
            for _ in range(replicas)
        ]
        broker = await stack.enter_async_context(broker_at(amqp_url))
        http = await stack.enter_async_context(_http(running_replicas))
        connection = await connect_to(database_url, service.name)
        stack.push_async_callback(connection.close)
        channel = await (await broker.connect()).channel(on_return_raises=True)
        return RunningService(
            service, running_replicas, flight, clock, broker, channel, http, connection, amqp_url, database_url, at_work
        )

    return start


async def connect_to(url: str, schema: str) -> "asyncpg.Connection[asyncpg.Record]":
    """A connection as the administrator that sees a service's tables."""
    connection = await asyncpg.connect(url, server_settings={"search_path": schema, "jit": "off"})
    await prepare_codecs(connection)
    return connection


def _http(replicas: list[Replica]) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(application(replicas, Authenticator(TOKENS)), raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {TOKENS[STAFF]}"}
    return httpx.AsyncClient(transport=transport, base_url="http://ninthweek.test", headers=headers)


def _publisher(event: Event) -> str:
    return next(card.name for card in SERVICES if type(event) in card.publishes)
