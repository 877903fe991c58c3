"""Handles a group of deliveries in one transaction. If any of them fails, each is handled again in one of its own."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from uuid import UUID

import structlog

from shared.broker.topology import ServiceQueue
from shared.clock import Clock, system_time
from shared.contracts.envelope import Envelope
from shared.database.connection import TRANSACTION_CONFLICT, Connection, DatabaseAway, Pool, acquire, transaction
from shared.runtime import store
from shared.runtime.failures.error_handler import ErrorHandler
from shared.runtime.failures.failure import ContractBroken
from shared.runtime.incoming import Broken, Delivery, Incoming, Received, log_fields, read
from shared.runtime.metrics import Metrics
from shared.runtime.observer import Observer
from shared.runtime.partitions import Partitions
from shared.runtime.redelivery import Redelivery
from shared.runtime.service import MalformedSubmission, NotYet, Service
from shared.runtime.work import OutgoingRelay, UnitsOfWork, Work, lock_keys, store_outgoing
from shared.telemetry import processing

CONFLICTS_TO_FAIL = 20
"""A message whose transaction conflicts with others so often, one after the other, counts as a failed attempt."""


@dataclass
class Handling:
    """Handles the deliveries that one replica of a service consumes.

    When `handle_messages` or `handle_effects` returns, each message was handled, stored for a retry, or kept among the
    failures, and may be acknowledged. When one raises `DatabaseAway`, nothing is certain: call it again with the same
    group. What was committed before the database went away is in the inbox by then, and is not handled twice.
    """

    service: Service
    pool: Pool
    clock: Clock
    relay: OutgoingRelay
    partitions: Partitions
    metrics: Metrics
    observer: Observer | None = None
    units_of_work: UnitsOfWork = field(init=False)
    on_error: ErrorHandler = field(init=False)
    _redelivery: Redelivery = field(init=False)

    def __post_init__(self) -> None:
        self.units_of_work = UnitsOfWork(
            self.service.name, self.service.may_publish, self.pool, self.clock, self.relay, self.partitions
        )
        self.on_error = ErrorHandler(self.service, self.units_of_work, self.metrics)
        self._redelivery = Redelivery(self.pool, handle=self._attempt, fail=self.on_error.fail)

    def read(self, incoming: Incoming) -> Delivery:
        """Check a delivery against the contracts and against the types that the service handles from that queue."""
        handled = self.service.handlers if incoming.queue is ServiceQueue.MESSAGES else self.service.effects
        return read(self.service.name, handled.keys(), incoming)

    async def handle_messages(self, group: Sequence[Delivery]) -> None:
        """Handle a group in one transaction.

        A message that was delivered before is handled alone from the start: the process that had it may have died of
        it. The others share a transaction. If one of them fails, the transaction is rolled back and each is handled
        alone, so that only the one at fault fails.
        """
        together: list[Received] = []
        for delivery in group:
            if isinstance(delivery, Received) and not delivery.incoming.delivered_before:
                together.append(delivery)
            else:
                await self._handle_one(delivery)
        if not together:
            return
        try:
            await self._handle_in_one_transaction(together)
        except DatabaseAway:
            raise
        except Exception:  # noqa: BLE001 - whichever failed, and however: each is tried alone and fails alone
            for received in together:
                await self._handle_one(received)
        else:
            for received in together:
                self._note_handled(received)

    async def handle_effects(self, group: Sequence[Delivery]) -> None:
        """Perform effects one after the other, each outside any transaction: they act outside the database."""
        for delivery in group:
            await self._handle_one(delivery)

    async def _handle_one(self, delivery: Delivery) -> None:
        """Handle one message, sound or broken, so that afterwards it may be acknowledged."""
        if isinstance(delivery, Broken):
            await self._answer_broken(delivery)
        elif delivery.incoming.delivered_before:
            await self._redelivery.handle_suspect(delivery)
        else:
            await self._attempt(delivery)
        self._note_handled(delivery)

    def _note_handled(self, delivery: Delivery) -> None:
        # For each message at once, not for all at the group's end: by then a retry of one may have been delivered.
        if self.observer is not None:
            self.observer.handled(self.service.name, delivery.identity)

    async def _attempt(self, received: Received) -> None:
        """Handle one message in a transaction of its own; an error makes it wait, be retried, or a failure."""
        for _ in range(CONFLICTS_TO_FAIL):
            try:
                if received.incoming.queue is ServiceQueue.MESSAGES:
                    await self._handle_in_one_transaction([received])
                else:
                    await self._perform(received)
            except TRANSACTION_CONFLICT:
                continue
            except NotYet as error:
                await self.on_error.wait(received, error)
            except DatabaseAway:
                raise
            except Exception as error:  # noqa: BLE001 - whatever a handler raises is a failed attempt
                await self.on_error.retry(received, error)
            return
        await self.on_error.retry(received, RuntimeError("its transaction conflicted with others again and again"))

    async def _perform(self, received: Received) -> None:
        """Perform an effect, then note in the inbox that it was handled.

        The inbox cannot be written first: an effect that was noted and never performed would be lost. So after a crash
        in between the effect is called again, and finds by what it recorded itself that it has acted already.
        """
        async with acquire(self.pool) as connection:
            if await store.inbox.is_settled(connection, received.identity):
                return
        effect = self.service.effects[received.envelope.type]
        with self._context_of(received, received.envelope):
            await effect(received.message, replace(self.units_of_work, cause=received.envelope))
        async with acquire(self.pool) as connection:
            await self._claim(connection, {received.identity})

    async def _handle_in_one_transaction(self, group: Sequence[Received]) -> None:
        """The unit of work: commit the inbox rows, what the handlers changed and the outbox rows together."""
        with self.metrics.transaction_seconds.time():
            async with acquire(self.pool) as connection, transaction(connection, locks=self._lock_keys_of(group)):
                works = await self._call_handlers(group, connection)
                outgoing = [row for work in works for row in work.outgoing]
                await store_outgoing(connection, outgoing, self.partitions)
        # Only after the commit. If the process dies right here, the sweep of some replica's relay finds the rows.
        self.relay.hand_over(outgoing)
        self.metrics.handled.inc(len(works))
        self.metrics.known.inc(len(group) - len(works))

    def _lock_keys_of(self, group: Sequence[Received]) -> list[int]:
        subjects = [
            subject
            for received in group
            for subject in self.service.handlers[received.envelope.type].changes(received.message)
        ]
        return lock_keys(self.service.name, subjects)

    async def _call_handlers(self, group: Sequence[Received], connection: Connection) -> list[Work]:
        """Call the handler of each message that was not handled before; returns their units of work."""
        works: list[Work] = []
        new = await self._claim(connection, {received.identity for received in group})
        for received in group:
            if received.identity not in new:
                continue
            new.remove(received.identity)  # the same message may be in the group twice
            sender, now = received.incoming.sender, self.clock()
            work = Work(self.service.name, self.service.may_publish, connection, now, received.envelope, sender)
            with self._context_of(received, received.envelope):
                await self.service.handlers[received.envelope.type].call(received.message, work)
            works.append(work)
        return works

    async def _claim(self, connection: Connection, identities: set[UUID]) -> set[UUID]:
        now = system_time()
        return await store.inbox.claim(connection, identities, slot=self.partitions.slot(now), at=now)

    async def _answer_broken(self, broken: Broken) -> None:
        """Have the service answer a malformed submission, if it can; any other broken message is a failure at once."""
        envelope, sender = broken.envelope, broken.incoming.sender
        if envelope is None or sender is None or self.service.malformed is None:
            await self.on_error.fail(broken, ContractBroken("; ".join(f"{f.field}: {f.reason}" for f in broken.faults)))
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
            await self.on_error.fail(broken, error)

    @contextmanager
    def _context_of(self, delivery: Delivery, envelope: Envelope) -> Iterator[None]:
        """Put the message's log fields on every log line, and a span around the block, while its handler runs."""
        name, incoming = self.service.name, delivery.incoming
        with (
            structlog.contextvars.bound_contextvars(**log_fields(delivery)),
            processing(name, incoming.queue.of(name), incoming.exchange, incoming.routing_key, envelope),
        ):
            yield
