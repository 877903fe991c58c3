"""Connections to the broker that are restored by themselves, and the errors that mean that it is away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import aio_pika
from aio_pika.abc import AbstractRobustConnection
from aio_pika.exceptions import AMQPError, ChannelInvalidStateError
from yarl import URL

BROKER_AWAY = (AMQPError, ChannelInvalidStateError, ConnectionError, asyncio.InvalidStateError)
"""Raised where the broker, the connection to it, or a channel is gone."""

HEARTBEAT = 10
"""Seconds, unless the URL sets another interval. A broker that is unreachable is noticed after three intervals."""

RECONNECT_EVERY = 0.5
"""Seconds between two attempts to reach a broker that is away."""

CLOSE_WITHIN = 5.0
"""Seconds that closing a connection may take."""


def with_heartbeat(amqp_url: str) -> URL:
    """The URL with a heartbeat, by which either side notices that the other is gone."""
    url = URL(amqp_url)
    return url if "heartbeat" in url.query else url.update_query(heartbeat=HEARTBEAT)


@asynccontextmanager
async def connected(amqp_url: str) -> AsyncIterator[AbstractRobustConnection]:
    """A connection for this block. When it is lost, it is restored with its channels and their consumers."""
    connection = await aio_pika.connect_robust(with_heartbeat(amqp_url), reconnect_interval=RECONNECT_EVERY)
    try:
        yield connection
    finally:
        with suppress(*BROKER_AWAY, TimeoutError):
            async with asyncio.timeout(CLOSE_WITHIN):
                await connection.close()
