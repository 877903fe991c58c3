"""The schemas of message headers for the documents. `shared.contracts.envelope` writes and reads these headers."""

from datetime import UTC, datetime
from typing import Any, Final

from shared.contracts.directory import publishers
from shared.contracts.envelope import LONGEST_HEADER, REQUIRED, SPECIFICATION_VERSION, Envelope
from shared.contracts.message import Event, Message

_EXAMPLE_ID: Final = "01990a4e-7c00-7000-8000-000000000001"
_EXAMPLE_CAUSE: Final = "evt-p-2018-00056"


def _text(description: str, **constraints: Any) -> dict[str, Any]:
    return {"type": "string", "maxLength": LONGEST_HEADER, "description": description, **constraints}


ENVELOPE: Final = {
    "type": "object",
    "required": list(REQUIRED),
    "properties": {
        "ce-specversion": {"const": SPECIFICATION_VERSION, "description": "The version of CloudEvents."},
        "ce-id": _text(
            "The message's id, unique for its source. The AMQP property `message_id` is the same.", minLength=1
        ),
        "ce-source": _text("The service or outside system that publishes it.", minLength=1),
        "ce-type": _text("The message's name and version.", minLength=1),
        "ce-time": _text("When it was published, with the offset from UTC.", format="date-time"),
        "ce-subject": _text("The thing that the message is about: its kind and its id."),
        "ce-sequence": _text("The version of the subject; the highest is the newest.", pattern="^[0-9]+$"),
        "ce-correlationid": _text("The id of the message that began the chain of messages."),
        "ce-causationid": _text("The id of the message that caused this one."),
        "ce-traceparent": _text("W3C Trace Context."),
    },
}
"""The schema of every message's headers."""


def headers_of(message: type[Message]) -> dict[str, Any]:
    """The schema of one message's headers, beyond `ENVELOPE`."""
    sources = {"enum": list(publishers(message))}
    properties: dict[str, Any] = {"ce-type": {"const": message.type}, "ce-source": sources}
    if not issubclass(message, Event):
        return {"properties": properties}
    required = [*REQUIRED, "ce-subject", "ce-correlationid"]
    properties["ce-subject"] = {"pattern": f"^{message.about}/"}
    if message.sequence is not Message.sequence:
        required.append("ce-sequence")
    return {"required": required, "properties": properties}


def example_headers(message: Message) -> dict[str, str]:
    """Example headers of a message: all of an event's, and only the required ones of a submission."""
    is_event = isinstance(message, Event)
    return Envelope(
        id=_EXAMPLE_ID if is_event else _EXAMPLE_CAUSE,
        source=publishers(type(message))[0],
        type=message.type,
        time=datetime(2027, 5, 21, 8, tzinfo=UTC),
        subject=message.subject if is_event else None,
        sequence=message.sequence,
        correlation_id=_EXAMPLE_CAUSE if is_event else None,
        causation_id=_EXAMPLE_CAUSE if is_event else None,
    ).to_headers()
