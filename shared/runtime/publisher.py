"""What publishes to the broker: over a connection of its own, with pipelined confirms.

A broker that runs out of memory stops reading from connections that publish: what is consumed is acknowledged over
another one all the same.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import cast

import aio_pika
import aiormq
from aiormq import spec

from shared.broker.connection import BROKER_AWAY
from shared.contracts.envelope import CONTENT_TYPE
from shared.runtime.outgoing import Outgoing

PUBLISH_WITHIN = 10.0
"""Seconds for the broker to confirm; then it counts as away, and the row is published again."""

CLOSE_WITHIN = 5.0
"""Seconds."""

Publish = Callable[[Outgoing], Awaitable[None]]
"""Publishes one row and waits for the broker's confirmation.

Raises `aio_pika.exceptions.PublishError` where no queue takes it and `DeliveryError` where the broker refuses it, and
another error where the broker is away.
"""


@asynccontextmanager
async def publisher(amqp_url: str, *, reconnect_interval: float) -> AsyncIterator[Publish]:
    """A publisher that connects again by itself, seconds apart, while the block lasts."""
    connection = await aio_pika.connect_robust(amqp_url, reconnect_interval=reconnect_interval)
    try:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)

        async def publish(row: Outgoing) -> None:
            async with asyncio.timeout(PUBLISH_WITHIN):
                below = cast("aiormq.Channel", await channel.get_underlay_channel())
                await below.connection.ready()  # not while the broker blocks those who publish
                await _publish(below, row)

        yield publish
    finally:
        with suppress(*BROKER_AWAY, TimeoutError):
            async with asyncio.timeout(CLOSE_WITHIN):
                await connection.close()


async def _publish(channel: aiormq.Channel, row: Outgoing) -> None:
    await channel.basic_publish(
        row.body,
        exchange=row.exchange,
        routing_key=row.routing_key,
        mandatory=row.mandatory,
        properties=spec.Basic.Properties(
            content_type=CONTENT_TYPE,
            headers=dict(row.headers),
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            message_id=row.headers["ce-id"],
        ),
        wait=False,  # for the confirmation, not for the socket: so many are on their way at a time
    )
