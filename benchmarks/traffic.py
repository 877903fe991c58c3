"""The messages that are measured with: projects submitted to screening, each answered by one event out."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import aio_pika

from shared.broker.topology import EVENTS
from shared.contracts.envelope import CONTENT_TYPE, Envelope
from shared.contracts.intake import ProjectSubmitted
from tests.support.probe import submitted

SERVICES = ("screening", "intake")
"""Who has queues: who is measured, and one hearer of what that says, so that every event is stored once."""

AT_A_TIME = 1_000
"""Messages that wait for their confirmation."""


def projects(messages: int, *, subjects: int | None = None) -> Iterator[ProjectSubmitted]:
    """So many events, each about a project of its own, or about `subjects` projects in turn."""
    for number in range(messages):
        yield submitted(f"P{number % (subjects or messages)}", title=f"Project {number}")


def message_of(event: ProjectSubmitted) -> aio_pika.Message:
    """The event as intake's relay would publish it."""
    envelope = Envelope(
        id=str(uuid4()),
        source="intake",
        type=event.type,
        time=datetime.now(UTC),
        subject=event.subject,
        sequence=event.sequence,
    )
    return aio_pika.Message(
        event.to_json(),
        headers=dict(envelope.to_headers()),
        message_id=envelope.id,
        content_type=CONTENT_TYPE,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
    )


async def publish(amqp_url: str, messages: int, *, subjects: int | None = None) -> None:
    """Let so many messages wait in screening's queue; confirmed when it returns."""
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel(on_return_raises=True)
        exchange = await channel.get_exchange(EVENTS, ensure=False)
        waiting = asyncio.Semaphore(AT_A_TIME)

        async def publish_one(event: ProjectSubmitted) -> None:
            async with waiting:
                await exchange.publish(message_of(event), event.routing_key)

        async with asyncio.TaskGroup() as group:
            for event in projects(messages, subjects=subjects):
                group.create_task(publish_one(event))


async def waiting_in(amqp_url: str, queue: str) -> int:
    """How many messages wait in a queue that nobody consumes."""
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        declared = await channel.declare_queue(queue, passive=True)
        return declared.declaration_result.message_count or 0
