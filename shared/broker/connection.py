"""Connections to the broker that come back by themselves, and how to tell that it is away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import aio_pika
from aio_pika.abc import AbstractRobustConnection
from aio_pika.exceptions import AMQPError, ChannelInvalidStateError
from yarl import URL

BROKER_AWAY = (AMQPError, ChannelInvalidStateError, ConnectionError, asyncio.InvalidStateError)
"""What is raised where the broker, a channel, or the way to it is gone."""

HEARTBEAT = 10
"""Seconds, unless the URL says otherwise; a broker that has vanished is noticed after three of them."""

RECONNECT_EVERY = 0.5
"""Seconds between two tries to reach a broker that is away."""

CLOSE_WITHIN = 5.0
"""Seconds."""


def with_heartbeat(amqp_url: str) -> URL:
    """The URL, by which both sides look whether the other is there."""
    url = URL(amqp_url)
    return url if "heartbeat" in url.query else url.update_query(heartbeat=HEARTBEAT)


@asynccontextmanager
async def connected(amqp_url: str) -> AsyncIterator[AbstractRobustConnection]:
    """A connection for this block; lost, it is made again, with its channels and their consumers."""
    connection = await aio_pika.connect_robust(with_heartbeat(amqp_url), reconnect_interval=RECONNECT_EVERY)
    try:
        yield connection
    finally:
        with suppress(*BROKER_AWAY, TimeoutError):
            async with asyncio.timeout(CLOSE_WITHIN):
                await connection.close()
