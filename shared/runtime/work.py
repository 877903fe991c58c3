"""The unit of work: changes and published messages are committed together or not at all."""

import hashlib
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Protocol

from shared.broker.topology import EVENTS, ServiceQueue
from shared.clock import Clock, system_time
from shared.contracts.directory import subscribers
from shared.contracts.envelope import Envelope, identity
from shared.contracts.message import Effect, Event, Timer
from shared.database.connection import Connection, Pool, acquire, transaction
from shared.identifiers import new_id
from shared.runtime import store
from shared.runtime.outgoing import Outgoing
from shared.runtime.partitions import Partitions
from shared.telemetry import created


class Work:
    """One message or one request, handled in one transaction.

    `connection` is inside the transaction, and `now` is the programme's time. `cause` is the envelope of the message
    that is handled; a route has none. `sender` is the outside system that submitted the message, known by its routing
    key, which the broker checks. Handlers and actions never commit: the runtime does, when they have returned.
    """

    def __init__(
        self,
        service: str,
        may_publish: frozenset[type[Event]],
        connection: Connection,
        now: datetime,
        cause: Envelope | None = None,
        sender: str | None = None,
    ) -> None:
        self.connection = connection
        self.now = now
        self.cause = cause
        self.sender = sender
        self.outgoing: list[Outgoing] = []
        self._service = service
        self._may_publish = may_publish

    def publish(self, message: Event | Timer | Effect, *, at: datetime | None = None) -> None:
        """Publish once this work is committed: an event to its subscribers, a timer or an effect to the service itself.

        `at` is the moment of a timer, in the programme's time, and only a timer has one. Raises `TypeError` for an
        event that only another service may publish.
        """
        route = _route(self._service, type(message))
        if route.exchange == EVENTS and type(message) not in self._may_publish:
            raise TypeError(f"{self._service} does not publish {type(message).__name__}: add it to its card")
        if route.has_moment != (at is not None):
            raise TypeError(f"{type(message).__name__}: a timer, and only a timer, has a moment")
        identifier = new_id()
        envelope = Envelope(
            id=str(identifier),
            source=self._service,
            type=message.type,
            time=self.now,
            subject=message.subject,
            sequence=message.sequence,
            correlation_id=self._correlation_id or str(identifier),
            causation_id=self.cause.id if self.cause else None,
            trace_parent=created(
                self._service,
                route.exchange,
                route.routing_key,
                str(identifier),
                message.type,
                self.cause.trace_parent if self.cause else None,
            ),
        )
        body = message.to_json()
        self.outgoing.append(
            Outgoing(
                id=identifier,
                identity=identity(envelope, body),
                exchange=route.exchange,
                routing_key=route.routing_key,
                headers=envelope.to_headers(),
                body=body,
                mandatory=route.mandatory,
                due_at=at,
            )
        )

    async def lock(self, *subjects: str) -> None:
        """Lock these subjects until the commit, waiting for whoever holds them now.

        This is for routes: the subjects of a handler are locked before it is called.
        """
        await store.inbox.lock(self.connection, lock_keys(self._service, subjects))

    @property
    def _correlation_id(self) -> str | None:
        return (self.cause.correlation_id or self.cause.id) if self.cause else None


@dataclass(frozen=True, slots=True)
class _Route:
    """Where a service publishes a type of message. `mandatory`: the broker returns it if it reaches no queue.

    That is set where the contracts know a subscriber, whose queue must be there. An event without any is dropped.
    """

    exchange: str
    routing_key: str
    mandatory: bool
    has_moment: bool


@cache
def _route(service: str, message: type[Event | Timer | Effect]) -> _Route:
    if issubclass(message, Event):
        return _Route(EVENTS, message.routing_key, mandatory=bool(subscribers(message)), has_moment=False)
    queue = ServiceQueue.EFFECTS if issubclass(message, Effect) else ServiceQueue.MESSAGES
    return _Route(service, queue, mandatory=True, has_moment=issubclass(message, Timer))


def lock_keys(service: str, subjects: Iterable[str]) -> list[int]:
    """The keys of the advisory locks of these subjects, sorted: two transactions that want both cannot deadlock."""
    digests = (hashlib.blake2b(f"{service}:{subject}".encode(), digest_size=8).digest() for subject in subjects)
    return sorted({int.from_bytes(digest, signed=True) for digest in digests})


class OutgoingRelay(Protocol):
    """The part of the relay that a unit of work needs."""

    def hand_over(self, outgoing: list[Outgoing]) -> None: ...


@dataclass(frozen=True, slots=True)
class UnitsOfWork:
    """Opens units of work, for routes and effects."""

    service: str
    may_publish: frozenset[type[Event]]
    pool: Pool
    clock: Clock
    relay: OutgoingRelay
    partitions: Partitions
    cause: Envelope | None = None
    sender: str | None = None

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """A connection without a transaction, for a single query: this saves two round trips."""
        async with acquire(self.pool) as connection:
            yield connection

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Work]:
        """A unit of work: committed when the block ends, and then handed to the relay; rolled back when it raises."""
        async with acquire(self.pool) as connection, transaction(connection):
            work = Work(self.service, self.may_publish, connection, self.clock(), self.cause, self.sender)
            yield work
            await store_outgoing(connection, work.outgoing, self.partitions)
        self.relay.hand_over(work.outgoing)


async def store_outgoing(connection: Connection, outgoing: Sequence[Outgoing], partitions: Partitions) -> None:
    """Store the messages that this transaction publishes, in the outbox or, if they have a time, among the waiting."""
    now = system_time()
    at_once = [row for row in outgoing if row.immediate]
    later = [row for row in outgoing if not row.immediate]
    if at_once:
        await store.outbox.add(connection, at_once, slot=partitions.slot(now), published_at=now)
    if later:
        await store.waiting.add(connection, later, published_at=now)
