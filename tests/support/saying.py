"""Publishes an event as the service that says it."""

import aio_pika
from aio_pika.abc import AbstractChannel

from shared.broker.topology import EVENTS
from shared.contracts.envelope import Envelope
from shared.contracts.message import Event


async def say(channel: AbstractChannel, envelope: Envelope, event: Event) -> None:
    """Publish it, and wait until the broker has it."""
    exchange = await channel.get_exchange(EVENTS, ensure=False)
    message = aio_pika.Message(
        event.to_json(),
        headers=dict(envelope.to_headers()),
        message_id=envelope.id,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
    )
    await exchange.publish(message, event.routing_key)
