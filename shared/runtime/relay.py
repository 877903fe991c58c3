"""The relay: publishes the rows of the outbox once they are committed, with pipelined confirms.

The rows of this process's transactions are handed over in memory after the commit, so that they need not be read again.
A sweep of the tables finds the rest: timers and retries that are due, and rows that a crash left behind.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import structlog
from aio_pika.exceptions import DeliveryError, PublishError

from shared.broker.connection import BROKER_AWAY
from shared.clock import Clock, system_time
from shared.database.connection import Connection, DatabaseAway, Pool, acquire
from shared.runtime import store
from shared.runtime.metrics import Metrics
from shared.runtime.outgoing import Outgoing
from shared.runtime.partitions import Partitions
from shared.runtime.publisher import Publish
from shared.telemetry import sending

BATCH = 1_000
"""The most rows that are published at a time."""

MOST_IN_MEMORY = 10_000
"""Rows. Those beyond, while the broker is away, are left in the table: a later sweep finds them."""

SWEEP_EVERY = timedelta(seconds=2)
"""The longest time between two sweeps of the tables."""

STALLED_WAITS = 0.5
"""Seconds between two attempts to publish while the broker or the database is away."""

RETURNED_WAITS = timedelta(seconds=10)
"""How long a message waits that the broker returned or refused, until it is published again."""

log = structlog.get_logger()


class Relay:
    """Publishes the outbox of a service. The relays of several replicas share the tables: each row is leased by one."""

    def __init__(
        self,
        service: str,
        pool: Pool,
        clock: Clock,
        publish: Publish,
        partitions: Partitions,
        metrics: Metrics,
    ) -> None:
        self._service = service
        self._pool = pool
        self._clock = clock
        self._publish = sending(service, publish)
        self._partitions = partitions
        self._metrics = metrics
        self._pending: deque[Outgoing] = deque()
        self._awake = asyncio.Event()
        self._sweep_at = datetime.min.replace(tzinfo=UTC)
        self.stalled_since: datetime | None = None
        """Since when publishing fails (the system's time); `None` while it works."""

    def hand_over(self, outgoing: Sequence[Outgoing]) -> None:
        """Take over the rows that a transaction stored, after its commit."""
        if len(self._pending) < MOST_IN_MEMORY:
            self._pending.extend(row for row in outgoing if row.immediate)
        self._sweep_by(*(row.retry_at for row in outgoing if row.retry_at))
        if any(row.due_at and row.due_at <= self._clock() for row in outgoing):
            self._sweep_by(system_time())
        if outgoing:
            self._awake.set()

    def wake(self) -> None:
        """Sweep the tables now, as after the programme's clock was stepped."""
        self._sweep_by(system_time())
        self._awake.set()

    async def run(self) -> None:
        """Publish until cancelled. However much is handed over, the tables are swept when they are due."""
        while True:
            self._awake.clear()  # before looking, so that rows handed over from here on wake it again
            try:
                if self._pending:
                    await self._send_pending()
                if system_time() >= self._sweep_at:
                    await self._sweep()
                self.stalled_since = None
                pause = (self._sweep_at - system_time()).total_seconds()
            except (DatabaseAway, TimeoutError, *BROKER_AWAY) as error:
                if self.stalled_since is None:
                    self.stalled_since = system_time()
                    log.warning("the relay stalls", service=self._service, error=type(error).__name__)
                pause = STALLED_WAITS
                self._awake.clear()  # rows that were handed over during the attempt do not cut this pause short
            if not self._pending or self.stalled_since:
                await _wait(self._awake, max(pause, 0))

    async def drain(self) -> None:
        """Publish all rows that were handed over in memory."""
        while self._pending:
            await self._send_pending()

    async def _send_pending(self) -> None:
        batch = [self._pending.popleft() for _ in range(min(BATCH, len(self._pending)))]
        try:
            await self._send(batch)
        except BaseException:
            # Those that were confirmed already may be published twice. The inboxes handle them once.
            self._pending.extendleft(reversed(batch))
            raise

    async def _sweep(self) -> None:
        """Publish what is due in the tables. Rows whose publishing fails are still there for the next sweep."""
        is_full = True
        while is_full:
            async with acquire(self._pool) as connection:
                due = await self._due(connection)
            if due:
                await self._send(due)
            is_full = len(due) >= BATCH
        async with acquire(self._pool) as connection:
            timer, retry = await store.waiting.next_due(connection)
        now = system_time()
        self._sweep_at = now + SWEEP_EVERY
        if retry is not None and retry > now:
            self._sweep_by(retry)
        if timer is not None and timer > self._clock():
            self._sweep_by(now + (timer - self._clock()))

    async def _due(self, connection: Connection) -> list[Outgoing]:
        """Timers and retries that are due, and rows that were not sent in time, leased from the other replicas."""
        now = system_time()
        released = await store.waiting.release(
            connection, programme_now=self._clock(), now=now, slot=self._partitions.slot(now), limit=BATCH
        )
        return [*released, *await store.outbox.left_behind(connection, now=now, limit=BATCH)]

    async def _send(self, rows: Sequence[Outgoing]) -> None:
        """Publish rows together, and record which the broker confirmed and which it returned or refused.

        Raises one of `BROKER_AWAY`, `TimeoutError` or `DatabaseAway` where broker or database are away.
        """
        sent, returned = [], []
        for row, outcome in zip(rows, await self._publish(rows), strict=True):
            if outcome is None:
                sent.append(row.id)
            elif isinstance(outcome, DeliveryError | PublishError):
                log.error("a message found no queue", service=self._service, routing_key=row.routing_key)
                returned.append(row.id)
            else:
                raise outcome
        async with acquire(self._pool) as connection:
            await store.outbox.mark_sent(connection, sent)
            if returned:  # published again later, behind everything else, when their queue may be there
                await store.outbox.postpone(connection, returned, until=system_time() + RETURNED_WAITS)
        self._metrics.sent.inc(len(sent))
        self._metrics.returned.inc(len(returned))

    def _sweep_by(self, *moments: datetime) -> None:
        self._sweep_at = min((self._sweep_at, *moments))


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
