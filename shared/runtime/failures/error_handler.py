"""What becomes of a message whose handler raised: it waits, is tried again, or is kept among the failures."""

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
"""After a fault: four more tries, then it is a failure."""

WAITS = tuple(timedelta(seconds=seconds) for seconds in (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, *[60] * 58))
"""For a fact that is still on its way: quickly at first, and for an hour in all; then it is a failure."""

log = structlog.get_logger()


@dataclass(frozen=True)
class ErrorHandler:
    """Each method ends in a row of its own transaction, after which the message may be acknowledged."""

    service: Service
    units_of_work: UnitsOfWork
    metrics: Metrics

    async def wait(self, received: Received, error: NotYet) -> None:
        """A fact is on its way: soon again, then less soon."""
        waits = received.incoming.waits + 1
        delay = _nth(WAITS, waits)
        if delay is None:
            await self.fail(received, error)
        else:
            await self._schedule(received, delay, attempts=received.incoming.attempts, waits=waits)
            self.metrics.waits.inc()

    async def retry(self, received: Received, error: Exception) -> None:
        """It failed: again after a while, until it has failed too often."""
        attempts = received.incoming.attempts + 1
        delay = _nth(RETRIES, attempts)
        log.warning("message failed", **log_fields(received), attempt=attempts, error=describe(error))
        if delay is None:
            await self.fail(received, error)
        else:
            await self._schedule(received, delay, attempts=attempts, waits=received.incoming.waits)
            self.metrics.retried.inc()

    async def _schedule(self, received: Received, delay: timedelta, *, attempts: int, waits: int) -> None:
        """It waits for a time, and comes back to this service alone."""
        retry = received.incoming.as_retry(
            self.service.name, received.identity, attempts=attempts, waits=waits, at=system_time() + delay
        )
        async with acquire(self.units_of_work.pool) as connection:
            await store.waiting.add(connection, [retry], published_at=system_time())
        self.units_of_work.relay.hand_over([retry])

    async def report_stuck_queue(self, queue: str, losses: int, reason: str) -> None:
        """Publish that a queue gets no further; where the database is away too, the log alone has it."""
        with suppress(DatabaseAway):
            async with self.units_of_work.open() as work:
                work.publish(QueueStuck(queue_id=queue, service=self.service.name, losses=losses, reason=reason))

    async def fail(self, delivery: Delivery, error: Exception) -> None:
        """Keep it whole among the failures and publish that: at once if it breaks its contract, else after retries."""
        failure = _failure(self.service, delivery, error)
        log.error("message among the failures", **log_fields(delivery), error=failure.error)
        async with self.units_of_work.open() as work:
            is_news = await store.failures.add(work.connection, failure, at=system_time())
            # That the news of a failure could not be handled is not published, or it would go round for ever.
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
    """How long to wait after it went wrong for the `number`th time; `None` when it has for good."""
    return delays[number - 1] if number <= len(delays) else None


def _failure(service: Service, delivery: Delivery, error: Exception) -> Failure:
    """What is kept of a delivery, also of one that cannot even be read."""
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
