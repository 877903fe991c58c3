"""Messages with properties as they are on the wire, such as no client library of Python writes."""

import struct
from collections.abc import Mapping
from typing import cast

import aiormq
from aio_pika.abc import AbstractChannel
from aiormq.abc import ChannelFrame
from pamqp.body import ContentBody
from pamqp.commands import Basic
from pamqp.header import ContentHeader

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


def encoded(headers: Mapping[bytes, bytes], *, timestamp: int | None = None, application: bytes | None = None) -> bytes:
    """Properties: headers of text, and one or the other of the rest. Values are not looked at."""
    table = b"".join(
        bytes([len(name)]) + name + b"S" + struct.pack(">I", len(value)) + value for name, value in headers.items()
    )
    flags, listed = HAS_HEADERS, struct.pack(">I", len(table)) + table
    if timestamp is not None:
        flags |= HAS_TIMESTAMP
        listed += struct.pack(">q", timestamp)
    if application is not None:
        flags |= HAS_APPLICATION
        listed += bytes([len(application)]) + application
    return struct.pack(">H", flags) + listed


async def publish_raw(channel: AbstractChannel, exchange: str, routing_key: str, properties: bytes, body: bytes) -> None:
    """Publish one message, and wait for the broker's confirmation."""
    below = cast("aiormq.Channel", await channel.get_underlay_channel())
    below.delivery_tag += 1
    confirmed = below.confirmations[below.delivery_tag] = below.create_future()
    header = ContentHeader(properties=RawProperties(properties), body_size=len(body))
    frames = [Basic.Publish(exchange=exchange, routing_key=routing_key), header, ContentBody(body)]
    await below.write_queue.put(ChannelFrame.marshall(below.number, frames))
    await confirmed
