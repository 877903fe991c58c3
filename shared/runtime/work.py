"""The unit of work: what changed and what is to be said are committed together or not at all."""

import hashlib
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Protocol

from shared.broker.topology import EVENTS, Lane
from shared.clock import Clock, system_time
from shared.contracts.directory import hearers
from shared.contracts.envelope import Envelope, identity
from shared.contracts.message import Effect, Event, Timer
from shared.database.connection import Connection, Pool, acquire, transaction
from shared.identifiers import new_id
from shared.runtime import store
from shared.runtime.outgoing import Outgoing
from shared.runtime.ring import Ring
from shared.telemetry import created


class Work:
    """One message in, or one request in, and one transaction.

    `connection` is inside the transaction and `now` is the programme's time. `cause` is the envelope of what is handled
    (none in a route) and `sender` the outside system that submitted it, as its routing key says and the broker holds it
    to. Nobody commits: whoever opened the work does.
    """

    def __init__(
        self,
        service: str,
        says: frozenset[type[Event]],
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
        self._says = says

    def publish(self, message: Event | Timer | Effect, *, at: datetime | None = None) -> None:
        """Say something once this work is committed: an event to whoever hears it, a timer or an effect to oneself.

        `at` is the moment of a timer, in the programme's time, and only a timer has one. Raises `TypeError` for an
        event that is another service's to say.
        """
        way = _way_out(self._service, type(message))
        if way.exchange == EVENTS and type(message) not in self._says:
            raise TypeError(f"{self._service} does not say {type(message).__name__}: add it to its card")
        if way.has_moment != (at is not None):
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
                way.exchange,
                way.routing_key,
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
                exchange=way.exchange,
                routing_key=way.routing_key,
                headers=envelope.to_headers(),
                body=body,
                mandatory=way.mandatory,
                due_at=at,
            )
        )

    async def lock(self, *subjects: str) -> None:
        """Wait until nobody else changes these subjects, and keep others waiting until the commit.

        For routes; a handler's subjects were locked before it was called.
        """
        await store.inbox.lock(self.connection, lock_keys(self._service, subjects))

    @property
    def _correlation_id(self) -> str | None:
        return (self.cause.correlation_id or self.cause.id) if self.cause else None


@dataclass(frozen=True, slots=True)
class _WayOut:
    """How a service says a type of message; it must reach a queue where the contracts know a hearer."""

    exchange: str
    routing_key: str
    mandatory: bool
    has_moment: bool


@cache
def _way_out(service: str, message: type[Event | Timer | Effect]) -> _WayOut:
    if issubclass(message, Event):
        return _WayOut(EVENTS, message.routing_key, mandatory=bool(hearers(message)), has_moment=False)
    lane = Lane.EFFECTS if issubclass(message, Effect) else Lane.MESSAGES
    return _WayOut(service, lane, mandatory=True, has_moment=issubclass(message, Timer))


def lock_keys(service: str, subjects: Iterable[str]) -> list[int]:
    """The keys of PostgreSQL's advisory locks for these subjects, sorted so that two takers cannot deadlock."""
    digests = (hashlib.blake2b(f"{service}:{subject}".encode(), digest_size=8).digest() for subject in subjects)
    return sorted({int.from_bytes(digest, signed=True) for digest in digests})


class TakesOutgoing(Protocol):
    """The relay, as a unit of work sees it."""

    def hand(self, outgoing: list[Outgoing]) -> None: ...


@dataclass(frozen=True, slots=True)
class UnitsOfWork:
    """Opens units of work, for routes and effects."""

    service: str
    says: frozenset[type[Event]]
    pool: Pool
    clock: Clock
    relay: TakesOutgoing
    ring: Ring
    cause: Envelope | None = None
    sender: str | None = None

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """A connection for a single statement, which says nothing: no transaction, and two round trips less."""
        async with acquire(self.pool) as connection:
            yield connection

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Work]:
        """One transaction: committed when the block ends, rolled back when it raises; what was said follows."""
        async with acquire(self.pool) as connection, transaction(connection):
            work = Work(self.service, self.says, connection, self.clock(), self.cause, self.sender)
            yield work
            await keep_said(connection, work.outgoing, self.ring)
        self.relay.hand(work.outgoing)


async def keep_said(connection: Connection, outgoing: Sequence[Outgoing], ring: Ring) -> None:
    """Keep what is to be said with everything else that this transaction changes."""
    now = system_time()
    at_once = [row for row in outgoing if row.immediate]
    later = [row for row in outgoing if not row.immediate]
    if at_once:
        await store.outbox.add(connection, at_once, slot=ring.slot(now), said_at=now)
    if later:
        await store.waiting.add(connection, later, said_at=now)
