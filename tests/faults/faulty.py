"""Helpers for tests in which servers fail: they send many projects, and check what became of each."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from time import monotonic

import aio_pika
from aio_pika.abc import AbstractChannel

from ninthweek.submitting import broker_at
from shared.broker.topology import ServiceQueue
from shared.clock import system_time
from shared.contracts.directory import INTAKE
from shared.contracts.envelope import Envelope, identity
from shared.contracts.intake import ProjectSubmitted
from shared.contracts.screening import ProjectDeclined
from shared.runtime import Work
from tests.support.history import Report, judge
from tests.support.probe import publish_declined, submitted
from tests.support.publishing import publish_event
from tests.support.running import RunningService
from tests.support.waiting import until

SUBSCRIBER_QUEUE = ServiceQueue.MESSAGES.of(INTAKE.name)
"""The queue of a service that subscribes to what the probe publishes. That service does not run."""

PATIENCE = 20.0
"""Seconds in which all must be as it should be."""


def projects(number: int, first: int = 0) -> list[str]:
    return [f"P{index}" for index in range(first, first + number)]


async def send(service: RunningService, project_ids: list[str]) -> None:
    """Publish projects without waiting for them to be handled."""
    async with broker_at(service.amqp_url) as broker:
        for project_id in project_ids:
            event = submitted(project_id)
            envelope = Envelope(id=project_id, source="intake", type=event.type, time=system_time())
            service.flight.expect([service.service.name], identity(envelope, event.to_json()))
            await publish_event(broker, envelope, event)


async def judged(service: RunningService, sent: list[str], *, already_received: dict[str, str] | None = None) -> Report:
    """Wait until all is quiet and ready; then compare what was done and published with what was sent.

    An event may be on the wire more than once, always under its one id.
    """
    async with asyncio.timeout(PATIENCE):
        await service.quiet()
        await until_ready(service)
    at_rest = monotonic()
    assert await service.failures() == []
    assert await service.connection.fetchval("select count(*) from waiting") == 0
    done = [event.project_id for event in await service.published(ProjectDeclined)]
    report = judge(sent, done) | judge(sent, ((already_received or {}) | await received(service)).values())
    return replace(report, at_rest=at_rest)


async def received(service: RunningService) -> dict[str, str]:
    """The projects of the events that have come to the subscriber since the last call, by the events' ids."""
    events = {}
    async with _channel(service) as channel:
        queue = await channel.get_queue(SUBSCRIBER_QUEUE, ensure=False)
        while message := await queue.get(fail=False, no_ack=True):
            events[Envelope.from_headers(message.headers).id] = ProjectDeclined.from_json(message.body).project_id
    return events


@asynccontextmanager
async def _channel(service: RunningService) -> AsyncIterator[AbstractChannel]:
    """A channel on a connection of its own: a fault may have closed that of the test."""
    async with await aio_pika.connect(service.amqp_url) as connection:
        yield await connection.channel()


async def until_not_ready(service: RunningService, reason: str) -> None:
    """Wait until the service reports that it is not ready, for this reason."""
    (replica,) = service.replicas

    async def is_reported() -> bool:
        return any(reason in each for each in await replica.why_not_ready())

    await until(is_reported)


async def until_ready(service: RunningService) -> None:
    async def is_ready() -> bool:
        return not any([await replica.why_not_ready() for replica in service.replicas])

    await until(is_ready)


class Gate:
    """A handler that signals when it is inside, and waits there until it may go on."""

    def __init__(self) -> None:
        self.inside = asyncio.Event()
        self.may_go_on = asyncio.Event()

    async def handler(self, event: ProjectSubmitted, work: Work) -> None:
        self.inside.set()
        await self.may_go_on.wait()
        await publish_declined(event, work)
