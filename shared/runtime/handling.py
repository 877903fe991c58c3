"""From a group of deliveries to one transaction; what fails in it is handled again, alone."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

import structlog

from shared.broker.topology import Lane
from shared.clock import Clock, system_time
from shared.contracts.envelope import Envelope
from shared.database.connection import COLLISION, Connection, DatabaseAway, Pool, acquire, transaction
from shared.runtime import store
from shared.runtime.failure import ContractBroken, ProcessesDied
from shared.runtime.flight import Flight
from shared.runtime.incoming import Broken, Delivery, Incoming, Received, read
from shared.runtime.metrics import Metrics
from shared.runtime.ring import Ring
from shared.runtime.service import MalformedSubmission, NotYet, Service
from shared.runtime.setbacks import Setbacks, log_fields
from shared.runtime.work import TakesOutgoing, UnitsOfWork, Work, keep_said, lock_keys
from shared.telemetry import processing

COLLISIONS_TO_FAIL = 20
"""A transaction that was in another's way so often is treated as a fault."""


@dataclass
class Handling:
    """Handles what one replica of a service takes from its queues.

    When a method returns, each message was handled, put aside to be tried again, or kept among the failures, and may be
    acknowledged. When it raises `DatabaseAway`, nothing was decided: call it again.
    """

    service: Service
    pool: Pool
    clock: Clock
    relay: TakesOutgoing
    ring: Ring
    metrics: Metrics
    flight: Flight | None = None
    units_of_work: UnitsOfWork = field(init=False)
    setbacks: Setbacks = field(init=False)
    _suspected_since: dict[UUID, datetime] = field(init=False, default_factory=dict)
    _one_suspect: dict[Lane, asyncio.Lock] = field(
        init=False, default_factory=lambda: {lane: asyncio.Lock() for lane in Lane}
    )

    def __post_init__(self) -> None:
        self.units_of_work = UnitsOfWork(
            self.service.name, self.service.says, self.pool, self.clock, self.relay, self.ring
        )
        self.setbacks = Setbacks(self.service, self.units_of_work, self.metrics)

    def read(self, incoming: Incoming) -> Delivery:
        """Hold a delivery against the contracts and against what the service handles."""
        taken = self.service.handlers if incoming.lane is Lane.MESSAGES else self.service.effects
        return read(self.service.name, taken.keys(), incoming)

    async def messages(self, group: Sequence[Delivery]) -> None:
        """Handle a group in one transaction; what fails in it, and what was delivered before, alone."""
        together: list[Received] = []
        for delivery in group:
            if isinstance(delivery, Received) and not delivery.incoming.delivered_before:
                together.append(delivery)
            else:
                await self._apart(delivery)
        if not together:
            return
        try:
            await self._together(together)
        except DatabaseAway:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, each is tried alone and fails alone
            for received in together:
                await self._apart(received)
        else:
            for received in together:
                self._done(received)

    async def effects(self, group: Sequence[Delivery]) -> None:
        """Act outside the database, each alone and outside any transaction."""
        for delivery in group:
            await self._apart(delivery)

    async def _apart(self, delivery: Delivery) -> None:
        if isinstance(delivery, Broken):
            await self._answer_broken(delivery)
        elif delivery.incoming.delivered_before:
            await self._suspiciously(delivery)
        else:
            await self._alone(delivery)
        self._done(delivery)

    def _done(self, delivery: Delivery) -> None:
        if self.flight is not None:
            self.flight.handled(self.service.name, delivery.identity)

    async def _suspiciously(self, received: Received) -> None:
        """Handle what was delivered before: its process may have died of it, so each process counts itself first.

        One at a time, or those beside a deadly one would count its deaths as theirs.
        """
        async with self._one_suspect[received.incoming.lane]:
            since = self._suspected_since.setdefault(received.identity, system_time())
            async with acquire(self.pool) as connection:
                deaths = await store.inbox.suspect(connection, received.identity, at=since)
            if deaths > store.inbox.MOST_DEATHS and not await self._is_known(received):
                await self.setbacks.fail(
                    received, ProcessesDied("one process after the other died handling this message")
                )
            else:
                await self._alone(received)
                async with acquire(self.pool) as connection:
                    await store.inbox.clear_suspect(connection, received.identity)
            del self._suspected_since[received.identity]

    async def _is_known(self, received: Received) -> bool:
        """Whether it was handled after all, and its process died only before it could say so."""
        async with acquire(self.pool) as connection:
            return await store.inbox.knows(connection, received.identity)

    async def _alone(self, received: Received) -> None:
        for _ in range(COLLISIONS_TO_FAIL):
            try:
                await self._act(received)
            except COLLISION:
                continue
            except NotYet as error:
                await self.setbacks.wait(received, error)
            except DatabaseAway:
                raise
            except Exception as error:  # noqa: BLE001 - whatever a handler raises is a failed attempt
                await self.setbacks.retry(received, error)
            return
        await self.setbacks.retry(received, RuntimeError("its transaction was in another's way again and again"))

    async def _act(self, received: Received) -> None:
        if received.incoming.lane is Lane.MESSAGES:
            await self._together([received])
            return
        async with acquire(self.pool) as connection:
            if await store.inbox.is_settled(connection, received.identity):
                return
        effect = self.service.effects[received.envelope.type]
        with self._context_of(received, received.envelope):
            await effect(received.message, replace(self.units_of_work, cause=received.envelope))
        async with acquire(self.pool) as connection:
            await self._claim(connection, {received.identity})

    async def _together(self, group: Sequence[Received]) -> None:
        """The unit of work: that they were handled, what changed and what is to be said, or nothing."""
        with self.metrics.transaction_seconds.time():
            async with acquire(self.pool) as connection, transaction(connection, locks=self._locks(group)):
                works = await self._handle(group, connection)
                outgoing = [row for work in works for row in work.outgoing]
                await keep_said(connection, outgoing, self.ring)
        self.relay.hand(outgoing)
        self.metrics.handled.inc(len(works))
        self.metrics.known.inc(len(group) - len(works))

    def _locks(self, group: Sequence[Received]) -> list[int]:
        subjects = [
            subject
            for received in group
            for subject in self.service.handlers[received.envelope.type].changes(received.message)
        ]
        return lock_keys(self.service.name, subjects)

    async def _handle(self, group: Sequence[Received], connection: Connection) -> list[Work]:
        """Have each message handled that was not before."""
        works: list[Work] = []
        new = await self._claim(connection, {received.identity for received in group})
        for received in group:
            if received.identity not in new:
                continue
            new.remove(received.identity)  # the same message may stand twice in one group
            sender, now = received.incoming.sender, self.clock()
            work = Work(self.service.name, self.service.says, connection, now, received.envelope, sender)
            with self._context_of(received, received.envelope):
                await self.service.handlers[received.envelope.type].call(received.message, work)
            works.append(work)
        return works

    async def _claim(self, connection: Connection, identities: set[UUID]) -> set[UUID]:
        now = system_time()
        return await store.inbox.claim(connection, identities, slot=self.ring.slot(now), at=now)

    async def _answer_broken(self, broken: Broken) -> None:
        """A submission is answered by the service where it can be; everything else is a failure at once."""
        envelope, sender = broken.envelope, broken.incoming.sender
        if envelope is None or sender is None or self.service.malformed is None:
            await self.setbacks.fail(broken, ContractBroken("; ".join(f"{f.field}: {f.reason}" for f in broken.faults)))
            return
        malformed = MalformedSubmission(
            id=envelope.id,
            source=envelope.source,
            type=envelope.type,
            routing_key=broken.incoming.routing_key,
            body=broken.incoming.body,
            faults=broken.faults,
        )
        try:
            async with replace(self.units_of_work, cause=envelope, sender=sender).open() as work:
                await work.lock(f"message/{broken.identity}")
                if await self._claim(work.connection, {broken.identity}):
                    with self._context_of(broken, envelope):
                        await self.service.malformed(malformed, work)
            self.metrics.handled.inc()
        except DatabaseAway:
            raise
        except Exception as error:  # noqa: BLE001 - what cannot even be refused is a failure
            await self.setbacks.fail(broken, error)

    @contextmanager
    def _context_of(self, delivery: Delivery, envelope: Envelope) -> Iterator[None]:
        """The message's own log fields and span, while its handler runs."""
        name, incoming = self.service.name, delivery.incoming
        with (
            structlog.contextvars.bound_contextvars(**log_fields(delivery)),
            processing(name, incoming.lane.queue(name), incoming.exchange, incoming.routing_key, envelope),
        ):
            yield
