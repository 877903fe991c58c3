"""What publishes to the broker: over a connection of its own, with pipelined confirms.

A broker that runs out of memory stops reading from connections that publish: what is consumed is acknowledged over
another one all the same.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import cast

import aio_pika
import aiormq
from aiormq import spec

from shared.broker.connection import connected
from shared.contracts.envelope import CONTENT_TYPE
from shared.runtime.outgoing import Outgoing

PUBLISH_WITHIN = 10.0
"""Seconds for the broker to confirm; then it counts as away, and the row is published again."""

Publish = Callable[[Sequence[Outgoing]], Awaitable[list[BaseException | None]]]
"""Publishes rows side by side and waits for the broker's answer to each.

`None` is its confirmation, `PublishError` says that no queue takes a row, `DeliveryError` that the broker refuses it,
and any other error that the broker is away.
"""


@asynccontextmanager
async def publisher(amqp_url: str) -> AsyncIterator[Publish]:
    """A publisher that connects again by itself, while the block lasts."""
    async with connected(amqp_url) as connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)

        async def publish(rows: Sequence[Outgoing]) -> list[BaseException | None]:
            async with asyncio.timeout(PUBLISH_WITHIN):
                below = cast("aiormq.Channel", await channel.get_underlay_channel())
                await below.connection.ready()  # not while the broker blocks those who publish
                return await asyncio.gather(*(_publish(below, row) for row in rows), return_exceptions=True)

        yield publish


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
