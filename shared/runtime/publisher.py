"""Publishes to the broker over a connection of its own: many messages in one write, with pipelined confirms.

The connection is not shared with the subscribers: a broker that runs short of memory stops reading from connections
that publish. Over another connection, what was consumed is acknowledged all the same.
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
"""Seconds for the broker to confirm. Then it counts as away, and the rows are published again."""

Publish = Callable[[Sequence[Outgoing]], Awaitable[list[BaseException | None]]]
"""Publishes rows together, and returns the broker's answer to each.

`None`: the broker confirmed the row. `PublishError`: it returned the row, since no queue is bound to its key.
`DeliveryError`: it refused the row. Any other error: the broker is away.
"""

Frame = spec.Basic.Publish | ContentHeader | ContentBody


@asynccontextmanager
async def publisher(amqp_url: str) -> AsyncIterator[Publish]:
    """Publish while the block lasts, over a connection that is restored by itself."""
    async with connected(amqp_url) as connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)

        async def publish(rows: Sequence[Outgoing]) -> list[BaseException | None]:
            async with asyncio.timeout(PUBLISH_WITHIN):
                underlay = cast("aiormq.Channel", await channel.get_underlay_channel())
                await underlay.connection.ready()  # waits while the broker blocks connections that publish
                return await _publish(underlay, rows)

        yield publish


async def _publish(channel: aiormq.Channel, rows: Sequence[Outgoing]) -> list[BaseException | None]:
    """Do for all rows in one write what the channel's `basic_publish` does for one.

    `basic_publish` takes a task and three locks for each message, which was more than half of the relay's time. So its
    bookkeeping is done here: the channel counts the messages that it publishes, keeps a future for each number until
    the broker confirms it, and finds the number of a returned message by its `message_id`.
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
    """The frames of a message: the method, the properties, and the body in parts of at most `largest` bytes."""
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
    """The row's id: that of an event, while each retry of a message has a new one."""
    return str(row.id)
