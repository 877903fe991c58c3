"""From a group of deliveries to one transaction, and what becomes of the one that fails."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

import structlog

from shared.broker.topology import Lane
from shared.clock import Clock, system_time
from shared.contracts.every_service import MessageFailed
from shared.database.connection import COLLISION, DatabaseAway, Pool, acquire
from shared.identifiers import new_id
from shared.runtime import store
from shared.runtime.failure import ContractBroken, Failure, ProcessesDied, describe
from shared.runtime.flight import Flight
from shared.runtime.incoming import Broken, Incoming, Received, read
from shared.runtime.outgoing import Outgoing
from shared.runtime.retries import after_fault, after_not_yet
from shared.runtime.service import MalformedSubmission, NotYet, Service
from shared.runtime.work import TakesOutgoing, UnitsOfWork, Work, lock_keys
from shared.telemetry import continued

DEATHS_TO_FAIL = 2
"""So many processes may die of a message alone, after the one that had it in a group: the third death fails it."""

COLLISIONS_TO_FAIL = 20
"""A transaction that was in another's way so often is treated as a fault."""

log = structlog.get_logger()


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
    flight: Flight | None = None
    units_of_work: UnitsOfWork = field(init=False)
    _suspected: set[UUID] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self.units_of_work = UnitsOfWork(self.service.name, self.service.says, self.pool, self.clock, self.relay)

    async def messages(self, group: Sequence[Incoming]) -> None:
        """Handle a group in one transaction; what fails in it, and what was delivered before, alone."""
        together: list[Received] = []
        for delivery in map(self._read, group):
            if isinstance(delivery, Broken):
                await self._answer_broken(delivery)
            elif delivery.incoming.delivered_before:
                await self._suspiciously(delivery)
            else:
                together.append(delivery)
        if not together:
            return
        try:
            await self._together(together)
        except DatabaseAway:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, each is tried alone and fails alone
            for received in together:
                await self._alone(received)

    async def effect(self, group: Sequence[Incoming]) -> None:
        """Act outside the database, each alone and outside any transaction."""
        for delivery in map(self._read, group):
            if isinstance(delivery, Broken):
                await self._answer_broken(delivery)
            elif delivery.incoming.delivered_before:
                await self._suspiciously(delivery)
            else:
                await self._alone(delivery)

    def _read(self, incoming: Incoming) -> Received | Broken:
        taken = self.service.handlers if incoming.lane is Lane.MESSAGES else self.service.effects
        return read(self.service.name, taken.keys(), incoming)

    async def _suspiciously(self, received: Received) -> None:
        """Handle what was delivered before: its process may have died of it, so each process counts itself first."""
        if received.identity not in self._suspected:
            async with acquire(self.pool) as connection:
                deaths = await store.suspect(connection, received.identity, at=system_time())
            if deaths > DEATHS_TO_FAIL:
                await self._fail(
                    received, ProcessesDied("one process after the other died while it handled this message")
                )
                return
            self._suspected.add(received.identity)
        await self._alone(received)
        self._suspected.discard(received.identity)
        async with acquire(self.pool) as connection:
            await store.clear_suspect(connection, received.identity)

    async def _alone(self, received: Received) -> None:
        for _ in range(COLLISIONS_TO_FAIL):
            try:
                await self._act(received)
            except COLLISION:
                continue
            except NotYet as error:
                await self._wait(received, error)
            except DatabaseAway:
                raise
            except Exception as error:  # noqa: BLE001 - whatever a handler raises is a failed attempt
                await self._retry(received, error)
            return
        await self._retry(received, RuntimeError("its transaction was in another's way again and again"))

    async def _act(self, received: Received) -> None:
        if received.incoming.lane is Lane.MESSAGES:
            await self._together([received])
            return
        effect = self.service.effects[received.envelope.type]
        with _context_of(received):
            await effect(received.message, replace(self.units_of_work, cause=received.envelope))
        self._done(received)

    async def _together(self, group: Sequence[Received]) -> None:
        """The unit of work: that they were handled, what changed and what is to be said, or nothing."""
        handlers = [self.service.handlers[received.envelope.type] for received in group]
        subjects = [
            subject
            for handler, received in zip(handlers, group, strict=True)
            for subject in handler.changes(received.message)
        ]
        outgoing: list[Outgoing] = []
        async with acquire(self.pool) as connection, connection.transaction():
            keys = lock_keys(self.service.name, tuple(subjects))
            identities = {received.identity for received in group}
            new = await store.lock_and_claim(connection, keys, identities, at=system_time())
            for handler, received in zip(handlers, group, strict=True):
                if received.identity not in new:
                    continue
                new.remove(received.identity)  # the same message may stand twice in one group
                work = Work(
                    self.service.name,
                    self.service.says,
                    connection,
                    self.clock(),
                    received.envelope,
                    received.incoming.sender,
                )
                with _context_of(received):
                    await handler.call(received.message, work)
                outgoing += work.outgoing
            await store.add_outgoing(connection, outgoing, said_at=system_time())
        self.relay.hand(outgoing)
        for received in group:
            self._done(received)

    async def _answer_broken(self, broken: Broken) -> None:
        """A submission is answered by the service where it can be; everything else is a failure at once."""
        envelope, sender = broken.envelope, broken.incoming.sender
        if envelope is None or sender is None or self.service.malformed is None:
            await self._fail(broken, ContractBroken("; ".join(f"{f.field}: {f.reason}" for f in broken.faults)))
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
                if await store.lock_and_claim(work.connection, [], [broken.identity], at=system_time()):
                    await self.service.malformed(malformed, work)
        except DatabaseAway:
            raise
        except Exception as error:  # noqa: BLE001 - what cannot even be refused is a failure
            await self._fail(broken, error)
        else:
            self._done(broken)

    async def _wait(self, received: Received, error: NotYet) -> None:
        waits = received.incoming.waits + 1
        delay = after_not_yet(waits)
        if delay is None:
            await self._fail(received, error)
        else:
            await self._put_aside(received, delay, attempts=received.incoming.attempts, waits=waits)

    async def _retry(self, received: Received, error: Exception) -> None:
        attempts = received.incoming.attempts + 1
        delay = after_fault(attempts)
        log.warning("message failed", **_log_fields(received), attempt=attempts, error=describe(error))
        if delay is None:
            await self._fail(received, error)
        else:
            await self._put_aside(received, delay, attempts=attempts, waits=received.incoming.waits)

    async def _put_aside(self, received: Received, delay: timedelta, *, attempts: int, waits: int) -> None:
        """Back into the outbox, for this service alone, with a time."""
        returning = Outgoing(
            id=new_id(),
            exchange=self.service.name,
            routing_key=received.incoming.lane,
            headers=received.incoming.to_return(attempts=attempts, waits=waits),
            body=received.incoming.body,
            mandatory=True,
            retry_at=system_time() + delay,
        )
        async with acquire(self.pool) as connection:
            await store.add_outgoing(connection, [returning], said_at=system_time())
        self.relay.hand([returning])
        self._done(received)

    async def _fail(self, delivery: Received | Broken, error: Exception) -> None:
        """Keep it whole among the failures, and say so: at once what breaks its contract, else what keeps failing."""
        failure = _failure(self.service, delivery, error)
        log.error("message among the failures", **_log_fields(delivery), error=failure.error)
        async with self.units_of_work.open() as work:
            is_news = await store.add_failure(work.connection, failure, at=system_time())
            # A failure to hear of a failure is not said, or it would go round for ever.
            if is_news and failure.message_type != MessageFailed.type:
                work.publish(
                    MessageFailed(
                        message_id=failure.message_id,
                        service=self.service.name,
                        message_type=failure.message_type,
                        error=failure.error,
                        attempts=failure.attempts,
                    )
                )
        self._done(delivery)

    def _done(self, delivery: Received | Broken) -> None:
        if self.flight is not None:
            self.flight.handled(self.service.name, delivery.identity)


def _failure(service: Service, delivery: Received | Broken, error: Exception) -> Failure:
    incoming, envelope = delivery.incoming, delivery.envelope
    message_type = envelope.type if envelope else incoming.text_headers().get("ce-type", "")[:200]
    handler = service.handlers.get(message_type)
    return Failure(
        identity=delivery.identity,
        message_id=envelope.id if envelope else incoming.text_headers().get("ce-id", "")[:200],
        message_type=message_type,
        source=envelope.source if envelope else incoming.routing_key,
        lane=incoming.lane,
        exchange=incoming.exchange,
        routing_key=incoming.routing_key,
        headers=incoming.text_headers(),
        body=incoming.body,
        handler=handler.name if handler else "",
        error=describe(error),
        attempts=incoming.attempts + 1,
    )


@contextmanager
def _context_of(received: Received) -> Iterator[None]:
    """The message's own log fields and trace, while its handler runs."""
    with (
        structlog.contextvars.bound_contextvars(**_log_fields(received)),
        continued(received.envelope.trace_parent),
    ):
        yield


def _log_fields(delivery: Received | Broken) -> dict[str, str]:
    envelope = delivery.envelope
    if envelope is None:
        return {"routing_key": delivery.incoming.routing_key}
    return {
        "message_id": envelope.id,
        "message_type": envelope.type,
        "correlation_id": envelope.correlation_id or envelope.id,
    }
