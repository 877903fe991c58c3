"""Publishes an event as its publisher does."""

from aio_pika import Message
from faststream.rabbit import RabbitBroker

from shared.broker.cloud_events import CloudEventCodec
from shared.broker.topology import EVENTS
from shared.contracts.envelope import Envelope
from shared.contracts.message import Event
from shared.contracts.message import Message as AnyMessage


async def publish_event(broker: RabbitBroker, envelope: Envelope, event: Event) -> None:
    """Publish an event, and wait until the broker has it."""
    await broker.publish(on_the_wire(envelope, event), event.routing_key, EVENTS)


def on_the_wire(envelope: Envelope, message: AnyMessage) -> Message:
    codec = CloudEventCodec(envelope.source, {envelope.type: type(message)})
    sequence = envelope.to_headers().get("ce-sequence")
    return codec.encode(message, event_id=envelope.id, time=envelope.time, subject=envelope.subject, sequence=sequence)
