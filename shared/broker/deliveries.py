"""Takes deliveries off the wire before the client library parses them.

Two things about aiormq make this necessary. It decodes all properties of a message, though most of them are not needed
here. When it cannot decode one, it gives up the connection, and the broker counts a delivery of every message that it
had sent over it. And it uses three tasks and two queues for each message, which is slow.

So a connection of this module splits off the deliveries of our subscribers by itself, with their properties unparsed,
and passes all other frames on to aiormq, which knows nothing of this. It does so in a transport of its own, which
aiormq accepts as its public argument `transport_factory`. The frames are those of AMQP 0-9-1, sections 2.3.5 and 4.2.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from struct import Struct
from typing import Any

import aiormq
from aio_pika import RobustConnection
from aiormq.connection import TransportFactory
from aiormq.exceptions import AMQPConnectionError
from yarl import URL

_FRAME = Struct(">BHI")
_METHOD, _HEADER, _BODY = 1, 2, 3
_FRAME_END = 0xCE
_BASIC_DELIVER = b"\x00\x3c\x00\x3c"
_CONTENT = Struct(">HHQ")
_TAG_AND_FLAG = Struct(">QB")
_HEARTBEAT = b"\x08\x00\x00\x00\x00\x00\x00\xce"


@dataclass(slots=True)
class RawDelivery:
    """A message as it was delivered over a channel: its properties unparsed, its body complete."""

    channel: aiormq.abc.AbstractChannel
    delivery_tag: int
    delivered_before: bool
    exchange: str
    routing_key: str
    properties: bytes
    """The property flags and the property list, as they are on the wire: see `shared.broker.properties`."""
    body: bytes


OnDelivery = Callable[[RawDelivery], None]


class DeliveringConnection(RobustConnection):
    """A connection that is restored by itself, and hands over deliveries as they arrive.

    `delivery_callbacks` has the callback of each consumer tag: add it before the consumer starts. Deliveries to any
    other consumer are left to aio-pika.
    """

    def __init__(self, url: URL, loop: asyncio.AbstractEventLoop | None = None, **settings: Any) -> None:
        super().__init__(url, loop, **settings)
        self.kwargs["transport_factory"] = _Transport(self)
        self.delivery_callbacks: dict[str, OnDelivery] = {}

    def open_channel(self, number: int) -> aiormq.abc.AbstractChannel | None:
        """The channel of this number on the wire, unless it was closed."""
        return self.transport.connection.channels.get(number) if self.transport else None


class _Transport(TransportFactory):
    def __init__(self, connection: DeliveringConnection) -> None:
        self._connection = connection

    async def create(self, url: URL, **settings: Any) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect as `asyncio.open_connection` does, with our protocol."""
        context = settings.pop("ssl_context_provider")
        secured = await context.get_context() if url.scheme == "amqps" else None
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(loop=loop)
        protocol = _DeliveryProtocol(reader, self._connection)
        try:
            transport, _ = await loop.create_connection(
                lambda: protocol, host=url.host or "", port=url.port or 0, ssl=secured, **settings
            )
        except OSError as error:
            raise AMQPConnectionError(*error.args) from error
        return reader, asyncio.StreamWriter(transport, protocol, reader, loop)


@dataclass(slots=True)
class _Partial:
    """A delivery of which more frames are still to arrive."""

    on_delivery: OnDelivery
    delivery_tag: int
    delivered_before: bool
    exchange: str
    routing_key: str
    properties: bytes = b""
    body: bytes | bytearray = b""
    missing: int = 0
    """Bytes of the body that have not arrived yet."""


class _DeliveryProtocol(asyncio.StreamReaderProtocol):
    """Hands the deliveries of our subscribers over to their callbacks, and passes all other frames on to aiormq.

    Data arrives in chunks that end anywhere: `_rest` is the beginning of a frame whose end has not arrived. `_partial`
    has, for each channel, the delivery whose frames are arriving; the frames of several channels may alternate.
    """

    def __init__(self, reader: asyncio.StreamReader, connection: DeliveringConnection) -> None:
        super().__init__(reader)
        self._connection = connection
        self._rest = b""
        self._partial: dict[int, _Partial] = {}

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
        passed_on = []
        position = unseen = 0
        available = len(data)
        while available - position > _FRAME.size:
            kind, channel, size = _FRAME.unpack_from(data, position)
            payload = position + _FRAME.size
            end = payload + size + 1
            if end > available:
                break
            if data[end - 1] == _FRAME_END and self._collect(kind, channel, data, payload, end - 1):
                passed_on.append(data[unseen:position])
                unseen = end
            position = end
        passed_on.append(data[unseen:position])
        self._rest = data[position:]
        if others := b"".join(passed_on):
            super().data_received(others)
        elif unseen:
            # aiormq gives up a connection over which nothing arrives. A heartbeat shows it that something did.
            super().data_received(_HEARTBEAT)

    def eof_received(self) -> bool | None:
        super().data_received(self._rest)
        return super().eof_received()

    def _collect(self, kind: int, channel: int, data: bytes, begin: int, end: int) -> bool:
        """Collect a frame if it is part of a delivery to one of our subscribers; false if it is not."""
        if kind == _METHOD:
            self._partial.pop(channel, None)
            return data.startswith(_BASIC_DELIVER, begin) and self._begin(channel, data, begin + len(_BASIC_DELIVER))
        partial = self._partial.get(channel)
        if partial is None:
            return False
        if kind == _HEADER:
            _, _, partial.missing = _CONTENT.unpack_from(data, begin)
            partial.properties = data[begin + _CONTENT.size : end]
        elif kind == _BODY:
            partial.missing -= end - begin
            if partial.body or partial.missing > 0:
                partial.body = bytearray(partial.body) if isinstance(partial.body, bytes) else partial.body
                partial.body += data[begin:end]
            else:
                partial.body = data[begin:end]
        if partial.missing <= 0:
            del self._partial[channel]
            self._hand_over(channel, partial)
        return True

    def _begin(self, channel: int, data: bytes, position: int) -> bool:
        consumer_tag, position = _short_text(data, position)
        on_delivery = self._connection.delivery_callbacks.get(consumer_tag)
        if on_delivery is None:
            return False
        delivery_tag, delivered_before = _TAG_AND_FLAG.unpack_from(data, position)
        exchange, position = _short_text(data, position + _TAG_AND_FLAG.size)
        routing_key, _ = _short_text(data, position)
        self._partial[channel] = _Partial(on_delivery, delivery_tag, bool(delivered_before & 1), exchange, routing_key)
        return True

    def _hand_over(self, number: int, whole: _Partial) -> None:
        channel = self._connection.open_channel(number)
        if channel is None:
            return  # it was closed meanwhile: the broker delivers the message again
        whole.on_delivery(
            RawDelivery(
                channel,
                whole.delivery_tag,
                whole.delivered_before,
                whole.exchange,
                whole.routing_key,
                whole.properties,
                bytes(whole.body),
            )
        )


def _short_text(data: bytes, position: int) -> tuple[str, int]:
    """The short string that begins at a position, and the position of its end."""
    begin = position + 1
    end = begin + data[position]
    return _text(data[begin:end]), end


@lru_cache(1024)
def _text(encoded: bytes) -> str:
    """Decode a name. Cached, since names of exchanges, routing keys and consumer tags recur with every delivery."""
    return encoded.decode("utf-8", "backslashreplace")
