"""Sends submissions as outside systems do, with FastStream: the sending side of the contract."""

from datetime import datetime

from faststream.rabbit import Channel, RabbitBroker

from shared.broker.cloud_events import binary_message
from shared.broker.topology import SUBMISSIONS
from shared.contracts.directory import OutsideSystem
from shared.contracts.message import Submission


def broker_at(amqp_url: str) -> RabbitBroker:
    """A broker to publish with, connected inside `async with`. It raises an error for a message that no queue takes."""
    return RabbitBroker(amqp_url, logger=None, default_channel=Channel(on_return_raises=True))


async def submit(
    broker: RabbitBroker,
    system: OutsideSystem,
    submission: type[Submission],
    body: bytes,
    *,
    event_id: str,
    time: datetime,
) -> None:
    """Publish and wait for the broker's confirmation; raises `aio_pika.exceptions.DeliveryError` if no queue takes it.

    `body` is JSON by the submission's contract; `time` is when the system sent it.
    """
    message = binary_message(body, id=event_id, source=system.name, type=submission.type, time=time)
    await broker.publish(message, system.routing_key(submission), SUBMISSIONS)
