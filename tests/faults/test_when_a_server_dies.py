"""A service whose broker or database dies stops taking messages, counts no attempt, and goes on when it is back."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import uuid4

import aio_pika
import pytest

from shared.broker.topology import EVENTS
from shared.clock import system_time
from shared.contracts.envelope import Envelope, identity
from shared.contracts.intake import ProjectSubmitted
from shared.contracts.screening import ProjectDeclined
from shared.runtime import Work, store
from shared.servers import Server, Servers
from tests.support.probe import declined, probe, say_declined, submitted, withdrawn
from tests.support.running import RunningService, Start

pytestmark = pytest.mark.xdist_group("mortal servers")

MANY = 300


async def _send(service: RunningService, number: int) -> None:
    """Publish so many projects without waiting for them to be handled."""
    exchange = await service.channel.get_exchange(EVENTS, ensure=False)
    for index in range(number):
        event = submitted(f"P{index}")
        envelope = Envelope(id=f"e{index}", source="intake", type=event.type, time=system_time())
        service.flight.expect([service.service.name], identity(envelope, event.to_json()))
        message = aio_pika.Message(
            event.to_json(), headers=dict(envelope.to_headers()), delivery_mode=aio_pika.DeliveryMode.PERSISTENT
        )
        await exchange.publish(message, event.routing_key)


async def _in_a_thread(act: Callable[[], None]) -> None:
    await asyncio.get_running_loop().run_in_executor(None, act)


def _gate() -> tuple[asyncio.Event, asyncio.Event, Callable[[ProjectSubmitted, Work], Awaitable[None]]]:
    """A handler that tells when it is inside, and waits there until it may go on."""
    inside, go_on = asyncio.Event(), asyncio.Event()

    async def wait_inside(event: ProjectSubmitted, work: Work) -> None:
        inside.set()
        await go_on.wait()
        await say_declined(event, work)

    return inside, go_on, wait_inside


def _server(server: Server | None) -> Server:
    assert server is not None
    return server


async def test_when_the_broker_dies_inside_a_handler(start_on_mortal: Start, mortal: Servers) -> None:
    inside, go_on, handler = _gate()
    screening = await start_on_mortal(probe(handler))
    await _send(screening, MANY)
    await inside.wait()
    await _in_a_thread(_server(mortal.rabbitmq).kill)
    go_on.set()
    await _in_a_thread(_server(mortal.rabbitmq).start)
    await screening.quiet()
    said = [event.project_id for event in await screening.said(ProjectDeclined)]
    assert sorted(said) == sorted(f"P{index}" for index in range(MANY))
    assert await screening.failures() == []


async def test_when_the_database_dies_inside_a_handler(start_on_mortal: Start, mortal: Servers) -> None:
    inside, go_on, handler = _gate()
    screening = await start_on_mortal(probe(handler))
    await _send(screening, MANY)
    await inside.wait()
    await _in_a_thread(_server(mortal.postgresql).kill)
    go_on.set()
    (replica,) = screening.replicas
    assert "the database does not answer" in await replica.why_not_ready()
    await _in_a_thread(_server(mortal.postgresql).start)
    await screening.quiet()
    await screening.reconnect()
    assert len(await screening.said(ProjectDeclined)) == MANY
    assert await screening.connection.fetchval("select count(*) from waiting") == 0
    assert await screening.failures() == []
    assert await replica.why_not_ready() == []


async def test_when_a_timer_falls_due_while_the_broker_is_away(start_on_mortal: Start, mortal: Servers) -> None:
    screening = await start_on_mortal(probe(say_declined))
    await screening.hear(withdrawn("P1"))
    (replica,) = screening.replicas
    timer = await replica.next_timer()
    assert timer is not None
    await _in_a_thread(_server(mortal.rabbitmq).kill)
    screening.clock.step_to(timer)
    replica.relay.wake()
    await _in_a_thread(_server(mortal.rabbitmq).start)
    await screening.quiet()
    assert await screening.said(ProjectDeclined) == [declined("P1")]


async def test_when_a_service_is_stopped_nothing_delivered_is_lost_or_counted(start_on_mortal: Start) -> None:
    handled = 0

    async def count(event: ProjectSubmitted, work: Work) -> None:
        nonlocal handled
        handled += 1
        await say_declined(event, work)

    first = await start_on_mortal(probe(count))
    second = await start_on_mortal(probe(count))
    second.flight = first.flight
    await _send(first, MANY)
    await first.stop()
    while len(await second.said(ProjectDeclined)) < MANY:
        await second.replicas[0].anything_due()
    assert handled == MANY
    assert await second.connection.fetchval("select count(*) from suspects") == 0


async def test_when_processes_end_while_the_database_is_away_no_message_is_blamed(
    start_on_mortal: Start, mortal: Servers
) -> None:
    screening = await start_on_mortal(probe(say_declined))
    message = uuid4()
    for _ in range(store.inbox.MOST_DEATHS + 1):
        assert await store.inbox.suspect(screening.connection, message, at=system_time()) == 1
        await _in_a_thread(_server(mortal.postgresql).kill)
        await _in_a_thread(_server(mortal.postgresql).start)
        await screening.reconnect()
    tries = [await store.inbox.suspect(screening.connection, message, at=system_time()) for _ in range(3)]
    assert tries == [1, 2, 3]
