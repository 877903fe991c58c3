"""All services are replaced, replica by replica, while events flow: nothing is lost, and nothing is done twice."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from faststream.rabbit import RabbitBroker

from ninthweek.services import NAMES
from ninthweek.submitting import broker_at, submit
from shared.broker.topology import EVENTS, dead_letter_queue
from shared.contracts.directory import outside_system, publishers
from shared.contracts.envelope import Envelope
from shared.contracts.evaluation import SurveyOpened
from shared.contracts.intake import HostRegistered
from shared.contracts.message import Event, type_registry
from shared.contracts.notifications import EmailSent
from shared.contracts.submissions import HostRecord
from tests.faults.conftest import Ledger
from tests.support.examples import placement_completed, project_submitted, round_scheduled, student_registered
from tests.support.history import Report, judge
from tests.support.intake import a_host_record
from tests.support.notifications import application_received
from tests.support.processes import ServiceProcess, start_process
from tests.support.publishing import publish_event
from tests.support.running import connect_to
from tests.support.shared_clock import SharedClock
from tests.support.waiting import until

REPLICAS = 2

MOST_IN_PROGRESS = 20
"""So many cases are played at a time."""


@dataclass
class Programme:
    """All services, each in two processes, and the cases that are played through them."""

    database_url: str
    start: Callable[[str], asyncio.Future[ServiceProcess]]
    clock: SharedClock
    broker: RabbitBroker
    channel: AbstractChannel
    replicas: dict[str, list[ServiceProcess]] = field(default_factory=dict)
    cases: int = 0
    published: dict[str, Event] = field(default_factory=dict)
    """What the services publish, by its id: it may be on the wire more than once."""

    async def receive(self, message: AbstractIncomingMessage) -> None:
        envelope = Envelope.from_headers(message.headers)
        event = type_registry[envelope.type].from_json(message.body)
        assert isinstance(event, Event)
        self.published[envelope.id] = event

    async def play_cases(self, until_then: asyncio.Event) -> None:
        """Play one case after the other, and never too many that are not finished."""
        await self._publish(round_scheduled())
        while not until_then.is_set():
            await self._play(self.cases)
            self.cases += 1
            await until(self._may_begin_another)

    async def _may_begin_another(self) -> bool:
        return self.cases - len([name for name in self._seen() if name.startswith("survey student")]) < MOST_IN_PROGRESS

    async def _play(self, number: int) -> None:
        """A host is registered and proposes a project; a student applies to it, is placed there, and gets a survey."""
        ids = {"student_id": f"S{number}", "project_id": f"P{number}", "host_id": f"H{number}"}
        host = a_host_record(host_id=f"H{number}")
        system = outside_system("customer-relations")
        assert system is not None
        body, moment = host.to_json(), self.clock()
        await submit(self.broker, system, HostRecord, body, event_id=f"host-{number}", time=moment)
        await self._publish(student_registered(student_id=f"S{number}"))
        await self._publish(project_submitted(project_id=f"P{number}", host_id=f"H{number}"))
        await self._publish(application_received(application_id=f"A{number}", **ids))
        await self._publish(placement_completed(application_id=f"A{number}", **ids))

    async def _publish(self, event: Event) -> None:
        (publisher,) = publishers(type(event))
        envelope = Envelope(
            id=str(uuid4()), source=publisher, type=event.type, time=self.clock(), subject=event.subject
        )
        await publish_event(self.broker, envelope, event)

    def _expected(self) -> list[str]:
        return [
            name
            for number in range(self.cases)
            for name in (
                f"host H{number}",
                f"review P{number}",
                f"application A{number}",
                f"survey student A{number}",
                f"survey host A{number}",
                f"mail project_received to H{number}",
                f"mail application_received to S{number}",
                f"mail survey to H{number}",
                f"mail survey to S{number}",
            )
        ]

    def _seen(self) -> list[str]:
        names = []
        for event in self.published.values():
            match event:
                case HostRegistered():
                    names.append(f"host {event.host_id}")
                case SurveyOpened():
                    names.append(f"survey {event.respondent} {event.application_id}")
                case EmailSent():
                    names.append(f"mail {event.template} to {event.recipient_id}")
        return names

    async def history(self) -> Report:
        """Compare the cases with what each service did and published about them."""
        reviews = await self.fetch("screening", "select 'review ' || project_id as name from review_steps")
        received = await self.fetch(
            "matching", "select 'application ' || application_id as name from application_steps"
        )
        return judge(self._expected(), [*self._seen(), *reviews, *received])

    async def is_done(self) -> bool:
        return not (await self.history()).lost

    async def fetch(self, service: str, query: str) -> list[str]:
        connection = await connect_to(self.database_url, service)
        try:
            return [row["name"] for row in await connection.fetch(query)]
        finally:
            await connection.close()

    async def replace(self, service: str, ledger: Ledger) -> None:
        """Replace each replica: a new one starts, and an old one is asked to stop."""
        for old in list(self.replicas[service]):
            self.replicas[service].append(await self.start(service))
            ledger.injected("restart")
            assert await old.stop() == 0
            self.replicas[service].remove(old)


@asynccontextmanager
async def at_work(database_url: str, amqp_url: str, folder: Path) -> AsyncIterator[Programme]:
    clock = SharedClock(folder / "clock")
    environment = {
        "MAIL_FOLDER": str(folder / "mails"),
        "SMTP_URL": "",
        "DOCUMENTS_URL": f"file://{folder / 'documents'}",
    }

    def start(service: str) -> asyncio.Future[ServiceProcess]:
        return asyncio.ensure_future(
            start_process(
                service, database_url=database_url, amqp_url=amqp_url, clock=clock.file, environment=environment
            )
        )

    async with await aio_pika.connect(amqp_url) as connection, broker_at(amqp_url) as broker:
        channel = await connection.channel()
        programme = Programme(database_url, start, clock, broker, channel)
        events = await channel.declare_queue(exclusive=True)
        await events.bind(EVENTS, "#")
        await events.consume(programme.receive, no_ack=True)
        try:
            for name in NAMES:
                programme.replicas[name] = [await start(name) for _ in range(REPLICAS)]
            yield programme
        finally:
            processes = [process for replicas in programme.replicas.values() for process in replicas]
            await asyncio.gather(*(process.kill() for process in processes))


@pytest.fixture
async def programme(test_database_url: str, amqp_url: str, tmp_path: Path) -> AsyncIterator[Programme]:
    async with at_work(test_database_url, amqp_url, tmp_path) as programme:
        yield programme


async def test_when_every_replica_of_every_service_is_replaced_while_events_flow(
    programme: Programme, ledger: Ledger, tmp_path: Path
) -> None:
    all_are_replaced = asyncio.Event()
    playing = asyncio.create_task(programme.play_cases(all_are_replaced))
    await asyncio.gather(*(programme.replace(name, ledger) for name in NAMES))
    all_are_replaced.set()
    await playing

    await until(programme.is_done)

    ledger.judged(await programme.history())
    mails = len(list((tmp_path / "mails").glob("*.eml")))
    assert mails == sum(isinstance(event, EmailSent) for event in programme.published.values())
    for name in NAMES:
        assert await programme.fetch(name, "select id::text as name from suspects") == []
        assert await programme.fetch(name, "select error as name from failures") == []
        queue = await programme.channel.declare_queue(dead_letter_queue(name), passive=True, durable=True)
        assert queue.declaration_result.message_count == 0
