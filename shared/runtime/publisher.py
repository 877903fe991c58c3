"""What publishes to the broker: over a connection of its own, many messages in a write, with pipelined confirms.

A broker that runs out of memory stops reading from connections that publish: what is consumed is acknowledged over
another one all the same.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import cast

import aio_pika
import aiormq
from aiormq import spec
from aiormq.abc import ChannelFrame
from pamqp.body import ContentBody
from pamqp.header import ContentHeader

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

Frame = spec.Basic.Publish | ContentHeader | ContentBody


@asynccontextmanager
async def publisher(amqp_url: str) -> AsyncIterator[Publish]:
    """A publisher that connects again by itself, while the block lasts."""
    async with connected(amqp_url) as connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)

        async def publish(rows: Sequence[Outgoing]) -> list[BaseException | None]:
            async with asyncio.timeout(PUBLISH_WITHIN):
                below = cast("aiormq.Channel", await channel.get_underlay_channel())
                await below.connection.ready()  # not while the broker blocks those who publish
                return await _publish(below, rows)

        yield publish


async def _publish(channel: aiormq.Channel, rows: Sequence[Outgoing]) -> list[BaseException | None]:
    """As the channel's `basic_publish` does for each, but in one write, and without a task and three locks for each.

    That took more than half of the relay's time. The channel numbers what it publishes and keeps a future for each
    number; it tells a returned message by its id.
    """
    async with channel.lock:
        frames = [frame for row in rows for frame in _frames(row, channel.max_content_size)]
        await channel.write_queue.put(ChannelFrame.marshall(channel.number, frames))
        confirmations = [_expect_confirmation(channel, row) for row in rows]
    try:
        answers = await asyncio.gather(*confirmations, return_exceptions=True)
    finally:
        for row in rows:
            channel.message_id_delivery_tag.pop(_message_id(row), None)
    return [answer if isinstance(answer, BaseException) else None for answer in answers]


def _expect_confirmation(channel: aiormq.Channel, row: Outgoing) -> "asyncio.Future[object]":
    channel.delivery_tag += 1
    channel.message_id_delivery_tag[_message_id(row)] = channel.delivery_tag
    confirmation = channel.confirmations[channel.delivery_tag] = channel.create_future()
    return confirmation


def _frames(row: Outgoing, largest: int) -> Iterator[Frame]:
    """A message on the wire: what is to be done with it, its properties, and its body in parts of so many bytes."""
    yield spec.Basic.Publish(exchange=row.exchange, routing_key=row.routing_key, mandatory=row.mandatory)
    properties = spec.Basic.Properties(
        content_type=CONTENT_TYPE,
        headers=dict(row.headers),
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        message_id=_message_id(row),
    )
    yield ContentHeader(properties=properties, body_size=len(row.body))
    for begin in range(0, len(row.body), largest):
        yield ContentBody(row.body[begin : begin + largest])


def _message_id(row: Outgoing) -> str:
    """An event's id; what returns to its service to be tried again has one of its own each time."""
    return str(row.id)
