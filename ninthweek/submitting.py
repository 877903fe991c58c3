"""Sends a submission as an outside system does, by the `cloudevents` package: the sending side of the contract."""

from datetime import datetime

import aio_pika
from aio_pika.abc import AbstractChannel
from cloudevents.core.bindings.rabbitmq import to_binary_event
from cloudevents.core.v1.event import CloudEvent

from shared.broker.topology import SUBMISSIONS
from shared.contracts.directory import OutsideSystem
from shared.contracts.envelope import CONTENT_TYPE
from shared.contracts.message import Submission


async def submit(
    channel: AbstractChannel,
    system: OutsideSystem,
    submission: type[Submission],
    body: bytes,
    *,
    event_id: str,
    time: datetime,
) -> None:
    """Publish and wait for the broker's confirmation; raises `aio_pika.exceptions.DeliveryError` if nobody takes it.

    `body` is JSON, as the submission's contract says it; `time` is when the system sent it.
    """
    event = CloudEvent(
        {
            "specversion": "1.0",
            "id": event_id,
            "source": system.name,
            "type": submission.type,
            "time": time,
            "datacontenttype": CONTENT_TYPE,
        },
        body,
    )
    binary = to_binary_event(event)
    message = aio_pika.Message(
        body,
        headers=dict(binary.headers),
        content_type=binary.content_type,
        message_id=event_id,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
    )
    exchange = await channel.get_exchange(SUBMISSIONS, ensure=False)
    await exchange.publish(message, system.routing_key(submission), mandatory=True)
