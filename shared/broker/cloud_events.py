"""CloudEvents 1.0 in binary mode for FastStream: encodes a pydantic model as a message, and decodes it again.

It is for other systems that publish and subscribe. It needs nothing else of this repository, so another system can copy
the file and use models of its own, made from the published JSON Schemas:

    codec = CloudEventCodec("customer-relations", {"ninthweek.HostRecord.v1": HostRecord})
    await broker.publish(codec.encode(host), "customer-relations.host", "submissions")

    @broker.subscriber(queue, exchange, decoder=codec.decode)
    async def receive(host: HostRecord, event_id: Annotated[str, Header("ce-id")]) -> None: ...
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from aio_pika import DeliveryMode, Message
from cloudevents.core.bindings.rabbitmq import to_binary_event
from cloudevents.core.v1.event import CloudEvent
from faststream import StreamMessage
from pydantic import BaseModel


class CloudEventCodec:
    """Encodes events of the source `source`, and decodes those whose `ce-type` it has a model for."""

    def __init__(self, source: str, models: Mapping[str, type[BaseModel]]) -> None:
        self._source = source
        self._models = dict(models)
        self._types = {model: event_type for event_type, model in models.items()}

    def encode(
        self, event: BaseModel, *, event_id: str | None = None, time: datetime | None = None, **attributes: str | None
    ) -> Message:
        """A message for `broker.publish`. Pass the same id again when you send the same event again.

        By default the id is new and the time is now. Further `attributes` are CloudEvents', such as `subject` and
        `traceparent`; those that are `None` are left out. Raises `KeyError` for a model that the codec does not have.
        """
        return binary_message(
            event.model_dump_json().encode(),
            id=event_id or str(uuid4()),
            source=self._source,
            type=self._types[type(event)],
            time=time or datetime.now(UTC),
            **attributes,
        )

    async def decode(self, message: StreamMessage[Any]) -> BaseModel:
        """The `decoder` of a subscriber; the attributes stay in the headers, where `Header("ce-id")` finds them.

        Raises `ValueError` for a type without a model, `pydantic.ValidationError` for a body that breaks its contract.
        """
        event_type = message.headers.get("ce-type")
        if event_type not in self._models:
            raise ValueError(
                f"there is no model for the type {event_type!r}: bind the queue only to types that you know"
            )
        return self._models[event_type].model_validate_json(message.body)


def binary_message(body: bytes, **attributes: Any) -> Message:
    """A persistent message of a JSON body and the attributes of its CloudEvent (`id`, `source`, `type`, `time`, …).

    Raises `cloudevents.core.exceptions.CloudEventValidationError`, which names every attribute at fault.
    """
    given = {name: value for name, value in attributes.items() if value is not None}
    binary = to_binary_event(CloudEvent({"datacontenttype": "application/json", **given}, body))
    return Message(
        binary.body,
        headers=dict(binary.headers),
        content_type=binary.content_type,
        message_id=given["id"],
        delivery_mode=DeliveryMode.PERSISTENT,
    )
