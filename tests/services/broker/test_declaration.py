"""The topology that `migrate` declares over AMQP."""

import os
from collections.abc import AsyncIterator

import aio_pika
import pytest
from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractConnection, AbstractQueue

from shared.broker.declaration import TopologyConflict, declare
from tests.support.servers import BROKER, broker_url


@pytest.fixture
async def connection(amqp_url: str) -> AsyncIterator[AbstractConnection]:
    """The administrator's, to a virtual host that has the topology."""
    async with await aio_pika.connect(amqp_url) as connection:
        yield connection


async def next_key(queue: AbstractQueue) -> str | None:
    """Wait for the queue's next message, and return its routing key."""
    async with queue.iterator(timeout=20) as messages:
        message = await anext(messages)
        await message.ack()
        return message.routing_key


async def test_what_is_there_is_left_alone(connection: AbstractConnection) -> None:
    async with connection.channel() as channel:
        submissions = await channel.get_exchange("submissions")
        await submissions.publish(Message(b"{}"), "student-records.student", mandatory=True)
        await declare(connection)
        assert await next_key(await channel.get_queue("intake")) == "student-records.student"


async def test_what_is_declared_is_what_the_definitions_load() -> None:
    async with await aio_pika.connect(broker_url(os.environ[BROKER])) as connection:
        await declare(connection)  # raises where the two differ


async def test_a_queue_with_other_arguments_is_named(connection: AbstractConnection) -> None:
    async with connection.channel() as channel:
        await channel.queue_delete("evaluation.effects")
        other = await channel.declare_queue("evaluation.effects", durable=True)
        try:
            with pytest.raises(TopologyConflict, match=r"queue evaluation\.effects .*inequivalent arg"):
                await declare(connection)
        finally:
            await other.delete()
            await declare(connection)


async def test_a_noun_that_nobody_knows_reaches_intake(connection: AbstractConnection) -> None:
    async with connection.channel() as channel:
        submissions = await channel.get_exchange("submissions")
        await submissions.publish(Message(b"{}"), "student-records.no-such-noun", mandatory=True)
        assert await next_key(await channel.get_queue("intake")) == "student-records.no-such-noun"


@pytest.mark.parametrize(
    ("routing_key", "queue"), [("messages", "notifications"), ("effects", "notifications.effects")]
)
async def test_what_a_queue_gives_up_is_kept_beside_it(
    connection: AbstractConnection, routing_key: str, queue: str
) -> None:
    async with connection.channel() as channel:
        own = await channel.get_exchange("notifications")
        await own.publish(Message(b"{}", delivery_mode=DeliveryMode.PERSISTENT), routing_key, mandatory=True)
        async with (await channel.get_queue(queue)).iterator(timeout=20) as messages:
            await (await anext(messages)).reject(requeue=False)
        assert await next_key(await channel.get_queue("notifications.dead-letters")) == "notifications"
