"""The messages of the figures: projects submitted to screening, each of which has it publish one event."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from uuid import uuid4

import aio_pika

from shared.broker.topology import EVENTS
from shared.contracts.envelope import Envelope
from shared.contracts.intake import ProjectSubmitted
from shared.contracts.message import Message
from tests.support.probe import submitted

SERVICES = ("screening", "intake")
"""The services with queues: the one that is measured, and one subscriber of its events, which are so stored once."""

AT_A_TIME = 1_000
"""How many messages wait for their confirmation at a time."""


def projects(messages: int, *, subjects: int | None = None) -> Iterator[ProjectSubmitted]:
    """So many events, each about a project of its own, or about `subjects` projects in turn."""
    for number in range(messages):
        yield submitted(f"P{number % (subjects or messages)}", title=f"Project {number}")


def message_of(message: Message, *, source: str = "intake") -> aio_pika.Message:
    """The message as its publisher would send it.

    It is put together here, and not by the product's own codec: an earlier checkout has another codec.
    """
    envelope = Envelope(
        id=str(uuid4()),
        source=source,
        type=message.type,
        time=datetime.now(UTC),
        subject=message.subject,
        sequence=message.sequence,
    )
    return aio_pika.Message(
        message.to_json(),
        headers=dict(envelope.to_headers()),
        message_id=envelope.id,
        content_type="application/json",
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
    )


async def publish_projects(amqp_url: str, messages: int, *, subjects: int | None = None) -> None:
    """Publish so many projects to screening's queue; returns when all are confirmed."""
    events = projects(messages, subjects=subjects)
    await publish(amqp_url, EVENTS, ProjectSubmitted.routing_key, map(message_of, events))


async def publish(amqp_url: str, exchange: str, routing_key: str, messages: Iterator[aio_pika.Message]) -> None:
    """Publish messages, and return when all are confirmed."""
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel(on_return_raises=True)
        target = await channel.get_exchange(exchange, ensure=False)
        while batch := [target.publish(message, routing_key) for message in islice(messages, AT_A_TIME)]:
            await asyncio.gather(*batch)


async def waiting_in(amqp_url: str, queue: str) -> int:
    """How many messages wait in a queue that nobody consumes."""
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        declared = await channel.declare_queue(queue, passive=True)
        return declared.declaration_result.message_count or 0
