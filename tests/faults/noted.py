"""Noting probes in processes of their own: what was sent to them, and whether what they did and published is right."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING
from uuid import uuid4

import aio_pika
import httpx
from aio_pika.abc import AbstractChannel, AbstractQueue

from ninthweek.servers.ports import free_port
from ninthweek.submitting import broker_at
from shared.broker.topology import EVENTS, ServiceQueue
from shared.clock import system_time
from shared.contracts.directory import SCREENING
from shared.contracts.envelope import Envelope
from shared.contracts.message import Event
from shared.contracts.screening import ProjectDeclined
from shared.runtime import store
from tests.support.history import Report, judge
from tests.support.network import Link, url_through
from tests.support.probe import submitted
from tests.support.processes import PROBE, ServiceProcess, start_process
from tests.support.publishing import publish_event
from tests.support.running import connect_to
from tests.support.shared_clock import SharedClock
from tests.support.waiting import make_unsent_rows_due, until

if TYPE_CHECKING:
    import aiormq
    import asyncpg


@dataclass
class Notes:
    """All the processes of one test, the events that are sent to them, and what comes of each."""

    database_url: str
    amqp_url: str
    clock: SharedClock
    channel: AbstractChannel
    declined: AbstractQueue
    """Gets the events that the probes publish."""
    connection: "asyncpg.Connection[asyncpg.Record]"
    """The administrator's, in the probe's schema."""
    sent: dict[str, Event] = field(default_factory=dict)
    """Events by their ids."""
    processes: list[ServiceProcess] = field(default_factory=list)
    skipped: float = 0.0
    """Seconds that the test did not wait for, and that a recovery would have taken."""

    async def start(
        self,
        probe: str = PROBE,
        *,
        die: str | None = None,
        freeze: str | None = None,
        first: Callable[[], None] | None = None,
        to_database: Link | None = None,
        to_broker: Link | None = None,
        environment: Mapping[str, str] = {},
        is_remote: bool = False,
    ) -> ServiceProcess:
        """Start a process, which calls `first`, and which dies or freezes at a crash point if one is named.

        Links are for the process alone: the test itself reaches the servers directly. A process that is remote is not
        asked whether it is ready.
        """
        process = await start_process(
            probe,
            database_url=url_through(to_database, self.database_url),
            amqp_url=url_through(to_broker, self.amqp_url),
            clock=self.clock.file,
            http_port=None if is_remote else free_port(),
            die=die,
            freeze=freeze,
            first=first,
            environment=environment,
        )
        self.processes.append(process)
        return process

    async def send(self, *events: Event, times: int = 1) -> None:
        """Publish events, each so many times under one id, and wait until the broker has them."""
        async with broker_at(self.amqp_url) as broker:
            for event in events:
                envelope = Envelope(id=str(uuid4()), source="intake", type=event.type, time=self.clock())
                self.sent[envelope.id] = event
                for _ in range(times):
                    await publish_event(broker, envelope, event)

    async def send_again(self) -> None:
        """Publish all that was sent once more, under the ids that it had."""
        async with broker_at(self.amqp_url) as broker:
            for identifier, event in self.sent.items():
                envelope = Envelope(id=identifier, source="intake", type=event.type, time=self.clock())
                await publish_event(broker, envelope, event)

    async def noted(self) -> list[str]:
        """The events that had their effect, as often as they had it."""
        return [row["cause"] for row in await self.connection.fetch("select cause from notes")]

    async def until_noted(self, number: int) -> None:
        """Wait until so many had their effect."""

        async def are_noted() -> bool:
            return len(await self.noted()) >= number

        await until(are_noted)

    async def failed(self) -> list[str]:
        """The events that wait among the failures, or that led to a message that does."""
        rows = await self.connection.fetch(
            "select coalesce(headers->>'ce-correlationid', message_id) as cause from failures where state = 'waiting'"
        )
        return [row["cause"] for row in rows]

    async def waiting(self) -> int:
        """How many messages wait in the probe's queues."""
        return sum([(await self._declared(queue)).message_count or 0 for queue in ServiceQueue])

    async def consumers(self) -> int:
        """To how many processes the broker delivers events."""
        return (await self._declared(ServiceQueue.MESSAGES)).consumer_count or 0

    async def _declared(self, queue: ServiceQueue) -> "aiormq.spec.Queue.DeclareOk":
        declared = await self.channel.declare_queue(queue.of(SCREENING.name), passive=True, durable=True)
        return declared.declaration_result

    async def at_rest(self) -> bool:
        """Whether every event that was sent came to an end, and nothing waits to be handled or published."""
        ended = {*await self.noted(), *await self.failed()}
        return (
            ended.issuperset(self.sent)
            and await self.waiting() == 0
            and not await store.glance.anything_due(self.connection, programme_now=self.clock())
        )

    async def are_ready(self) -> bool:
        """Whether all processes that run report that they are ready."""
        ports = [process.http_port for process in self.processes if process.serves and process.http_port]
        async with httpx.AsyncClient() as client:
            return all([(await client.get(f"http://127.0.0.1:{port}/readyz")).is_success for port in ports])

    async def timers(self, number: int) -> datetime:
        """Wait until so many timers are set; when the first of them is due."""

        async def are_set() -> bool:
            glance = await store.glance.counts(self.connection, programme_now=self.clock(), system_now=system_time())
            return bool(glance["timers"] == number)

        await until(are_set)
        first, _ = await store.waiting.next_due(self.connection)
        assert first is not None
        return first

    async def make_unsent_rows_due(self) -> None:
        """Make all unsent rows due for any relay, as they are once their own process had time to send them."""
        self.skipped += await make_unsent_rows_due(self.connection)

    def step_to(self, moment: datetime) -> None:
        """Step the programme's time to a moment."""
        self.clock.step_to(moment)
        for process in self.processes:
            process.wake()

    async def stop(self) -> None:
        """Stop all processes in order."""
        for process in self.processes:
            await process.stop()

    async def rest(self) -> float:
        """Wait until everything is at rest, and stop all processes; what a stopped process gives back is handled too.

        Returns when it came to rest, as `Report.at_rest` has it.
        """
        while True:
            await until(self.at_rest)
            await until(self.are_ready)
            at_rest = monotonic() + self.skipped
            await self.stop()
            if await self.at_rest():
                return at_rest
            await self.start()

    async def judged(self) -> Report:
        """Wait until everything is at rest; then compare what was done and published with what was sent.

        An event may be on the wire more than once, always under its one id. What has not come to its end in time is
        lost. Raises `TimeoutError` where all is as it should be, and yet something does not come to rest.
        """
        try:
            at_rest = await self.rest()
        except TimeoutError:
            report = await self._report()
            if report.is_clean:
                raise
            return report
        return replace(await self._report(), at_rest=at_rest)

    async def _report(self) -> Report:
        failed = await self.failed()
        return judge(self.sent, await self.noted(), failed) | judge(self.sent, await self.published(), failed)

    async def published(self) -> list[str]:
        """The cause of each event that the probes have published since the last call."""
        causes = {}
        while message := await self.declined.get(fail=False, no_ack=True):
            envelope = Envelope.from_headers(message.headers)
            causes[envelope.id] = envelope.correlation_id or ""
        return list(causes.values())


@asynccontextmanager
async def sustained_load(notes: Notes) -> AsyncIterator[None]:
    """Somebody publishes events without a pause while the block lasts."""
    stopped = asyncio.Event()

    async def publish() -> None:
        number = 0
        while not stopped.is_set():
            await notes.send(*(submitted(f"P{number}-{index}") for index in range(10)))
            number += 1

    publishing = asyncio.create_task(publish())
    try:
        yield
    finally:
        stopped.set()
        await publishing


@asynccontextmanager
async def noting(database_url: str, amqp_url: str, folder: Path) -> AsyncIterator[Notes]:
    """Everything that a test with noting probes needs; no process of it is left at the end."""
    connection = await connect_to(database_url, SCREENING.name)
    async with await aio_pika.connect(amqp_url) as broker:
        channel = await broker.channel()
        declined = await channel.declare_queue(exclusive=True)
        await declined.bind(EVENTS, ProjectDeclined.routing_key)
        notes = Notes(database_url, amqp_url, SharedClock(folder / "clock"), channel, declined, connection)
        try:
            yield notes
        finally:
            for process in notes.processes:
                await process.kill()
            await connection.close()
