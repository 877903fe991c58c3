"""The relay: publishes what was committed, with pipelined confirms.

What a transaction of this process says is handed over in memory once it is committed. The table is read for the rest:
timers and retries when they are due, and what a crash left behind.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

import aio_pika
import structlog
from aio_pika.exceptions import DeliveryError, PublishError

from shared.clock import Clock, system_time
from shared.contracts.envelope import CONTENT_TYPE
from shared.database.connection import Connection, DatabaseAway, Pool, acquire
from shared.runtime import store
from shared.runtime.consumer import CHANNEL_GONE
from shared.runtime.flight import Flight
from shared.runtime.outgoing import Outgoing

BATCH = 200
"""Rows published at a time."""

SWEEP_EVERY = timedelta(seconds=2)
"""How often the table is read at least."""

RETURNED_WAITS = timedelta(seconds=10)
"""How long a message that found no queue waits."""

log = structlog.get_logger()


class Publishes(Protocol):
    """Publishes one row and waits for the broker's confirmation."""

    async def __call__(
        self, message: aio_pika.Message, *, exchange: str, routing_key: str, mandatory: bool
    ) -> None: ...


class Relay:
    """Publishes one replica's outbox. Two replicas share a table without publishing the same row twice."""

    def __init__(
        self, service: str, pool: Pool, clock: Clock, publish: Publishes, flight: Flight | None = None
    ) -> None:
        self._service = service
        self._pool = pool
        self._clock = clock
        self._publish = publish
        self._flight = flight
        self._handed: deque[Outgoing] = deque()
        self._awake = asyncio.Event()
        self._sweep_at = datetime.min.replace(tzinfo=UTC)
        self.stalled_since: datetime | None = None
        """Since when publishing fails (the system's time); `None` while it works."""

    def hand(self, outgoing: Sequence[Outgoing]) -> None:
        """Take what a transaction said, after its commit."""
        self._handed.extend(row for row in outgoing if row.immediate)
        self._sweep_by(*(row.retry_at for row in outgoing if row.retry_at))
        if any(row.due_at and row.due_at <= self._clock() for row in outgoing):
            self._sweep_by(system_time())
        if outgoing:
            self._awake.set()

    def wake(self) -> None:
        """Look at the table now: the programme's clock was stepped."""
        self._sweep_by(system_time())
        self._awake.set()

    @property
    def idle(self) -> bool:
        return not self._handed

    async def run(self) -> None:
        """Publish until cancelled."""
        while True:
            self._awake.clear()
            try:
                await self.drain()
                if system_time() >= self._sweep_at:
                    await self._sweep()
                self.stalled_since = None
                patience = (self._sweep_at - system_time()).total_seconds()
            except (DatabaseAway, TimeoutError, *CHANNEL_GONE) as error:
                if self.stalled_since is None:
                    self.stalled_since = system_time()
                    log.warning("the relay stalls", service=self._service, error=type(error).__name__)
                patience = 0.5
                self._awake.clear()
            if not self._handed or self.stalled_since:
                await _wait(self._awake, max(patience, 0))

    async def drain(self) -> None:
        """Publish all that was handed over in memory."""
        while self._handed:
            batch = [self._handed.popleft() for _ in range(min(BATCH, len(self._handed)))]
            try:
                sent, returned = await self._publish_all(batch)
                async with acquire(self._pool) as connection:
                    await self._record(connection, sent, returned)
            except BaseException:
                self._handed.extendleft(reversed(batch))  # what was confirmed may go out twice, and is handled once
                raise

    async def _sweep(self) -> None:
        """Publish what is due in the table."""
        full = True
        while full:
            async with acquire(self._pool) as connection, connection.transaction():
                rows = await store.due_outgoing(
                    connection, programme_now=self._clock(), system_now=system_time(), limit=BATCH
                )
                await self._record(connection, *await self._publish_all(rows))
            full = len(rows) >= BATCH
        async with acquire(self._pool) as connection:
            timer, retry = await store.next_due(connection)
        now = system_time()
        self._sweep_at = now + SWEEP_EVERY
        if retry is not None and retry > now:
            self._sweep_by(retry)
        if timer is not None and timer > self._clock():
            self._sweep_by(now + (timer - self._clock()))

    async def _publish_all(self, rows: Sequence[Outgoing]) -> tuple[list[Outgoing], list[Outgoing]]:
        """Publish rows side by side: those that the broker took, and those that it returned or refused.

        Raises where the broker is away.
        """
        outcomes = await asyncio.gather(*map(self._publish_one, rows), return_exceptions=True)
        sent, returned = [], []
        for row, outcome in zip(rows, outcomes, strict=True):
            if outcome is None:
                sent.append(row)
            elif isinstance(outcome, DeliveryError | PublishError):
                log.error("a message found no queue", service=self._service, routing_key=row.routing_key)
                returned.append(row)
            else:
                raise outcome
        return sent, returned

    async def _publish_one(self, row: Outgoing) -> None:
        if self._flight is not None:
            self._flight.said(self._service, row)
        message = aio_pika.Message(
            row.body,
            headers=dict(row.headers),
            message_id=row.headers["ce-id"],
            content_type=CONTENT_TYPE,
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        )
        await self._publish(message, exchange=row.exchange, routing_key=row.routing_key, mandatory=row.mandatory)

    async def _record(self, connection: Connection, sent: Sequence[Outgoing], returned: Sequence[Outgoing]) -> None:
        """What was returned waits for its queue to be there, behind everything else."""
        now = system_time()
        await store.mark_sent(connection, [row.id for row in sent], at=now)
        if returned:
            await store.postpone(connection, [row.id for row in returned], until=now + RETURNED_WAITS)

    def _sweep_by(self, *moments: datetime) -> None:
        self._sweep_at = min((self._sweep_at, *moments))


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
