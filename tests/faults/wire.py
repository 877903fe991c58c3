"""Messages with properties as they are on the wire, such as no client library of Python writes."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from aio_pika.abc import AbstractChannel
from aiormq.abc import ChannelFrame
from pamqp.body import ContentBody
from pamqp.commands import Basic
from pamqp.header import ContentHeader

if TYPE_CHECKING:
    import aiormq
    from pamqp.base import Frame
    from pamqp.heartbeat import Heartbeat

HAS_HEADERS = 1 << 13
HAS_TIMESTAMP = 1 << 6
HAS_APPLICATION = 1 << 3


class RawProperties(Basic.Properties):
    """Property flags and property list, as bytes."""

    def __init__(self, encoded: bytes) -> None:
        super().__init__()
        self._encoded = encoded

    def marshal(self) -> bytes:
        return self._encoded


@dataclass(frozen=True)
class Odd:
    """What stands beside the envelope: headers of text, and one or the other property. Nobody looks at the values."""

    headers: Mapping[bytes, bytes] = field(default_factory=dict)
    timestamp: int | None = None
    application: bytes | None = None

    def beside(self, envelope: Mapping[str, str]) -> bytes:
        """Property flags and property list of a message with this envelope."""
        headers = {name.encode(): value.encode() for name, value in envelope.items()} | dict(self.headers)
        table = b"".join(
            bytes([len(name)]) + name + b"S" + struct.pack(">I", len(value)) + value for name, value in headers.items()
        )
        flags, listed = HAS_HEADERS, struct.pack(">I", len(table)) + table
        if self.timestamp is not None:
            flags |= HAS_TIMESTAMP
            listed += struct.pack(">q", self.timestamp)
        if self.application is not None:
            flags |= HAS_APPLICATION
            listed += bytes([len(self.application)]) + self.application
        return struct.pack(">H", flags) + listed


PLAIN = Odd()


async def publish_raw(
    channel: AbstractChannel, exchange: str, routing_key: str, properties: bytes, body: bytes
) -> None:
    """Publish one message, and wait for the broker's confirmation."""
    below = cast("aiormq.Channel", await channel.get_underlay_channel())
    below.delivery_tag += 1
    confirmed = below.confirmations[below.delivery_tag] = below.create_future()
    header = ContentHeader(properties=RawProperties(properties), body_size=len(body))
    frames: list[Frame | ContentHeader | ContentBody | Heartbeat] = [
        Basic.Publish(exchange=exchange, routing_key=routing_key),
        header,
        ContentBody(body),
    ]
    await below.write_queue.put(ChannelFrame.marshall(below.number, frames))
    await confirmed
