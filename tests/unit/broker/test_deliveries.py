"""Deliveries are taken off the wire, however its bytes are cut into pieces; all else is passed on untouched."""

import asyncio
import random
from collections.abc import Iterable
from unittest.mock import Mock

import pamqp.frame
import pytest
from pamqp import commands
from pamqp.body import ContentBody
from pamqp.header import ContentHeader
from pamqp.heartbeat import Heartbeat

from shared.broker.deliveries import DeliveringConnection, RawDelivery, _DeliveryProtocol
from shared.broker.properties import read_headers

CHANNELS = {1: Mock(name="channel 1"), 2: Mock(name="channel 2")}


class Wire:
    """A connection's protocol, the deliveries that were taken off it, and what was passed on to the client library."""

    def __init__(self) -> None:
        self.taken: list[RawDelivery] = []
        self.reader = asyncio.StreamReader()
        connection = Mock(
            spec=DeliveringConnection, delivery_callbacks={"ours": self.taken.append}, open_channel=CHANNELS.get
        )
        self.protocol = _DeliveryProtocol(self.reader, connection)
        self.protocol.connection_made(Mock(spec=asyncio.Transport))

    def receive(self, pieces: Iterable[bytes]) -> None:
        for piece in pieces:
            self.protocol.data_received(piece)

    async def passed_on(self) -> bytes:
        """Without the heartbeats that stand in for deliveries."""
        self.protocol.eof_received()
        return (await self.reader.read()).replace(Heartbeat().marshal(), b"")


def delivery(
    tag: int, *bodies: bytes, channel: int = 1, consumer: str = "ours", size: int | None = None, **properties: object
) -> list[bytes]:
    """The frames of a delivery."""
    deliver = commands.Basic.Deliver(consumer, tag, tag % 2 == 0, "events", "project.submitted")
    header = ContentHeader(
        body_size=sum(map(len, bodies)) if size is None else size,
        properties=commands.Basic.Properties(**properties),  # type: ignore[arg-type]
    )
    frames: list[pamqp.frame.FrameTypes] = [deliver, header, *map(ContentBody, bodies)]
    return [pamqp.frame.marshal(frame, channel) for frame in frames]


def in_pieces(data: bytes, dice: random.Random) -> Iterable[bytes]:
    while data:
        end = dice.randint(1, 40)
        yield data[:end]
        data = data[end:]


async def test_a_delivery_is_taken_whole() -> None:
    wire = Wire()
    wire.receive([b"".join(delivery(1, b'{"a": 1}', headers={"ce-id": "1"}, delivery_mode=2))])
    (raw,) = wire.taken
    assert (raw.channel, raw.delivery_tag, raw.delivered_before) == (CHANNELS[1], 1, False)
    assert (raw.exchange, raw.routing_key, raw.body) == ("events", "project.submitted", b'{"a": 1}')
    assert read_headers(raw.properties) == ({"ce-id": "1"}, True)
    assert await wire.passed_on() == b""


@pytest.mark.parametrize("seed", range(20))
async def test_however_the_bytes_are_cut_nothing_is_lost_or_mixed_up(seed: int) -> None:
    """Deliveries over two channels, frame by frame among each other's, and frames that are not deliveries."""
    dice = random.Random(seed)
    bodies = [[dice.randbytes(dice.randint(1, 60)) for _ in range(dice.randint(0, 4))] for _ in range(30)]
    by_channel = {
        channel: [
            frame
            for number, parts in enumerate(bodies)
            if number % 2 + 1 == channel
            for frame in delivery(number, *parts, channel=channel)
        ]
        for channel in CHANNELS
    }
    others = [pamqp.frame.marshal(commands.Basic.Ack(number), 3) for number in range(10)]
    sources = [*by_channel.values(), list(others)]
    stream = b""
    while any(sources):
        stream += dice.choice([source for source in sources if source]).pop(0)
    wire = Wire()
    wire.receive(in_pieces(stream, dice))
    taken = {raw.delivery_tag: raw for raw in wire.taken}
    assert [taken[number].body for number in range(len(bodies))] == [b"".join(parts) for parts in bodies]
    assert [taken[number].delivered_before for number in taken] == [number % 2 == 0 for number in taken]
    assert await wire.passed_on() == b"".join(others)


async def test_what_is_delivered_to_others_is_passed_on() -> None:
    wire = Wire()
    stream = b"".join(delivery(1, b"one", consumer="another's") + delivery(2, b"two"))
    wire.receive([stream])
    assert [raw.body for raw in wire.taken] == [b"two"]
    assert await wire.passed_on() == b"".join(delivery(1, b"one", consumer="another's"))


async def test_what_comes_over_a_channel_that_was_closed_is_let_go() -> None:
    wire = Wire()
    wire.receive(delivery(1, b"one", channel=9))
    assert wire.taken == []
    assert await wire.passed_on() == b""


async def test_the_client_library_is_told_that_something_came() -> None:
    """Else it takes a connection that only delivers for dead."""
    wire = Wire()
    wire.receive([b"".join(delivery(1, b"one"))])
    wire.protocol.eof_received()
    assert await wire.reader.read() == Heartbeat().marshal()


async def test_of_a_part_of_a_frame_the_client_library_is_told_nothing() -> None:
    """While it connects, it takes no heartbeat for an answer."""
    wire = Wire()
    frame = pamqp.frame.marshal(commands.Connection.Tune(), 0)
    wire.receive([frame[:5], frame[5:]])
    wire.protocol.eof_received()
    assert await wire.reader.read() == frame


async def test_a_frame_that_does_not_end_as_it_must_is_the_client_librarys_to_refuse() -> None:
    wire = Wire()
    broken = delivery(1, b"one")[0][:-1] + b"\x00"
    wire.receive([broken])
    assert wire.taken == []
    assert await wire.passed_on() == broken


async def test_what_is_left_when_the_connection_ends_is_passed_on() -> None:
    wire = Wire()
    wire.receive([b"AMQP\x00\x01\x00\x00"])
    assert await wire.passed_on() == b"AMQP\x00\x01\x00\x00"
