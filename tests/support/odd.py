"""Properties and headers that a publisher may well set, and that do not change the meaning of a message.

A new one is a line of `ODDITIES`: the soak publishes sound messages with each of them, and a test shows that each is
accepted. None may be one that a client library cannot read or a broker cannot pass on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aio_pika

HOUR = 3600.0
"""Seconds; longer than any message of a test waits in a queue."""


@dataclass(frozen=True)
class Oddity:
    """What stands beside the envelope: arguments of `aio_pika.Message`, and headers of the publisher's own."""

    name: str
    properties: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, Any] = field(default_factory=dict)
    is_in_reverse: bool = False
    """Whether the headers of the envelope come in another order."""

    def message(self, headers: Mapping[str, Any], body: bytes) -> aio_pika.Message:
        """A message with this envelope and this body, and the oddity."""
        ordered = dict(reversed(list(headers.items()))) if self.is_in_reverse else dict(headers)
        properties = {
            "content_type": "application/json",
            "message_id": headers.get("ce-id"),
            "delivery_mode": aio_pika.DeliveryMode.PERSISTENT,
            **self.properties,
        }
        return aio_pika.Message(body, headers={**ordered, **self.headers}, **properties)


PLAIN = Oddity("nothing odd")

_MOMENT = datetime(2027, 4, 21, 9, tzinfo=UTC)

ODDITIES = (
    Oddity("priority", {"priority": 9}),
    Oddity("application id and type", {"app_id": "student records, nightly", "type": "record"}),
    Oddity("content encoding", {"content_encoding": "utf-8"}),
    Oddity("content type with a charset", {"content_type": "application/json; charset=utf-8"}),
    Oddity("no content type", {"content_type": None}),
    Oddity("another message id", {"message_id": "not the event's"}),
    Oddity("no message id", {"message_id": None}),
    Oddity("expiration", {"expiration": HOUR}),
    Oddity("reply to and correlation id", {"reply_to": "amq.gen-nobody", "correlation_id": "42/7"}),
    Oddity("timestamp", {"timestamp": _MOMENT}),
    Oddity("header of whole numbers", headers={"x-small": 7, "x-large": 2**62, "x-negative": -(2**31)}),
    Oddity("header of a boolean", headers={"x-test": False}),
    Oddity("header of a float", headers={"x-score": 0.1}),
    Oddity("header of null", headers={"x-nothing": None}),
    Oddity("header of a table", headers={"x-table": {"inner": {"one": 1}, "list": [1, "two"]}}),
    Oddity("header of a list", headers={"x-list": ["one", 2, True, None]}),
    Oddity("header of bytes", headers={"x-bytes": bytearray(b"\x00\xff")}),
    Oddity("header of a time", headers={"x-time": _MOMENT}),
    Oddity("header of much text", headers={"x-long": "ä" * 5_000}),
    Oddity("header with an empty value", headers={"x-empty": ""}),
    Oddity("many headers", headers={f"x-{number}": str(number) for number in range(100)}),
    Oddity("time with an offset", headers={"ce-time": "2027-04-21T09:00:00.5+01:00"}),
    Oddity("headers in another order", is_in_reverse=True),
)
