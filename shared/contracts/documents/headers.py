"""The headers of messages, as the documents describe them: those of `shared.contracts.envelope`."""

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
        "ce-specversion": {"const": SPECIFICATION_VERSION, "description": "CloudEvents' version."},
        "ce-id": _text("The message; unique with its source. The AMQP `message_id` is the same.", minLength=1),
        "ce-source": _text("The service or outside system that says it.", minLength=1),
        "ce-type": _text("The message's name and version.", minLength=1),
        "ce-time": _text("When it was published, with the offset from UTC.", format="date-time"),
        "ce-subject": _text("What it is about: the kind of thing and its id."),
        "ce-sequence": _text("The version of the subject; the highest is the newest.", pattern="^[0-9]+$"),
        "ce-correlationid": _text("The message with which it all began."),
        "ce-causationid": _text("The message that led to this one."),
        "ce-traceparent": _text("W3C Trace Context."),
    },
}
"""The schema of every message's headers."""


def headers_of(message: type[Message]) -> dict[str, Any]:
    """What a message's headers say beyond `ENVELOPE`."""
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
    """The headers of a message as its sender would write them: an event's in full, a submission's in short."""
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
