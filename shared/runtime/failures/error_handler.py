"""Decides about a message whose handler raised: it waits, is retried, or is kept among the failures."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog

from shared.clock import system_time
from shared.contracts.every_service import MessageFailed, QueueStuck
from shared.database.connection import DatabaseAway, acquire
from shared.runtime import store
from shared.runtime.failures.failure import Failure, describe
from shared.runtime.incoming import Delivery, Received, log_fields
from shared.runtime.metrics import Metrics
from shared.runtime.service import NotYet, Service
from shared.runtime.work import UnitsOfWork

RETRIES = (timedelta(seconds=1), timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10))
"""Delays of the four retries after an error. If all fail, the message is a failure."""

WAITS = tuple(timedelta(seconds=seconds) for seconds in (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, *[60] * 58))
"""Delays while a fact is still on its way: short at first, and about an hour in all. Then the message is a failure."""

log = structlog.get_logger()


@dataclass(frozen=True)
class ErrorHandler:
    """Stores what becomes of a failed message.

    Each method stores a row in a transaction of its own. After that the message may be acknowledged: nothing is lost.
    """

    service: Service
    units_of_work: UnitsOfWork
    metrics: Metrics

    async def wait(self, received: Received, error: NotYet) -> None:
        """Have a message wait for a fact that is still on its way; longer each time."""
        waits = received.incoming.waits + 1
        delay = _nth(WAITS, waits)
        if delay is None:
            await self.fail(received, error)
        else:
            await self._schedule(received, delay, attempts=received.incoming.attempts, waits=waits)
            self.metrics.waits.inc()

    async def retry(self, received: Received, error: Exception) -> None:
        """Have a message retried after a failed attempt, unless there were too many."""
        attempts = received.incoming.attempts + 1
        delay = _nth(RETRIES, attempts)
        log.warning("message failed", **log_fields(received), attempt=attempts, error=describe(error))
        if delay is None:
            await self.fail(received, error)
        else:
            await self._schedule(received, delay, attempts=attempts, waits=received.incoming.waits)
            self.metrics.retried.inc()

    async def _schedule(self, received: Received, delay: timedelta, *, attempts: int, waits: int) -> None:
        """Store a message so that it comes back, after a delay and to this service alone."""
        retry = received.incoming.as_retry(
            self.service.name, received.identity, attempts=attempts, waits=waits, at=system_time() + delay
        )
        async with acquire(self.units_of_work.pool) as connection:
            await store.waiting.add(connection, [retry], published_at=system_time())
        self.units_of_work.relay.hand_over([retry])

    async def report_stuck_queue(self, queue: str, losses: int, reason: str) -> None:
        """Publish that a queue is stuck. If the database is away as well, this is only in the log."""
        with suppress(DatabaseAway):
            async with self.units_of_work.open() as work:
                work.publish(QueueStuck(queue_id=queue, service=self.service.name, losses=losses, reason=reason))

    async def fail(self, delivery: Delivery, error: Exception) -> None:
        """Keep the whole message among the failures, and publish `MessageFailed` if it is new there."""
        failure = _failure(self.service, delivery, error)
        log.error("message among the failures", **log_fields(delivery), error=failure.error)
        async with self.units_of_work.open() as work:
            is_news = await store.failures.add(work.connection, failure, at=system_time())
            # Not for a `MessageFailed` that could not be handled: that would lead to another one, and so on for ever.
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
        self.metrics.failed.inc()


def _nth(delays: Sequence[timedelta], number: int) -> timedelta | None:
    """The delay after the `number`th time; `None` when there is no further one."""
    return delays[number - 1] if number <= len(delays) else None


def _failure(service: Service, delivery: Delivery, error: Exception) -> Failure:
    """The failure of a delivery, also of one without a readable envelope."""
    incoming, envelope = delivery.incoming, delivery.envelope
    message_type = envelope.type if envelope else incoming.text_headers().get("ce-type", "")[:200]
    handler = service.handlers.get(message_type)
    return Failure(
        identity=delivery.identity,
        message_id=envelope.id if envelope else incoming.text_headers().get("ce-id", "")[:200],
        message_type=message_type,
        source=envelope.source if envelope else incoming.routing_key,
        queue=incoming.queue,
        exchange=incoming.exchange,
        routing_key=incoming.routing_key,
        headers=incoming.text_headers(),
        body=incoming.body,
        handler=handler.name if handler else "",
        error=describe(error),
        attempts=incoming.attempts + 1,
    )
