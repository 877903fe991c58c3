"""Declares the broker's topology over AMQP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import ChannelPreconditionFailed

from shared.broker.topology import topology


class TopologyConflict(Exception):
    """The broker has an exchange or a queue of this name, but not as it must be; the text names it."""


async def declare(connection: AbstractConnection) -> None:
    """Make all exchanges, queues and bindings, as a user who may; what is there is left alone.

    What the topology no longer has stays: a queue may still hold messages. Raises `TopologyConflict`.
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
