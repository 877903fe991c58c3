"""Declares the broker's topology over AMQP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import ChannelPreconditionFailed

from shared.broker.topology import topology


class TopologyConflict(Exception):
    """The broker has an exchange or a queue of this name with other properties; the text names it."""


async def declare(connection: AbstractConnection) -> None:
    """Declare all exchanges, queues and bindings; those that exist are left as they are.

    The connection's user must be allowed to configure them. What the topology no longer has is not deleted, since a
    queue may still hold messages. Raises `TopologyConflict`.
    """
    wanted = topology()
    async with connection.channel() as channel:
        for exchange in wanted.exchanges:
            async with _naming(f"exchange {exchange.name}"):
                await channel.declare_exchange(exchange.name, exchange.type, durable=True)
        queues = {}
        for queue in wanted.queues:
            async with _naming(f"queue {queue.name}"):
                queues[queue.name] = await channel.declare_queue(
                    queue.name, durable=True, arguments={**queue.arguments}
                )
        for binding in wanted.bindings:
            await queues[binding.queue].bind(binding.exchange, binding.routing_key)


@asynccontextmanager
async def _naming(thing: str) -> AsyncIterator[None]:
    try:
        yield
    except ChannelPreconditionFailed as reason:
        raise TopologyConflict(
            f"The broker's {thing} is not as it must be. Empty and delete it, then try again. The broker says: {reason}"
        ) from reason
