"""Everything that goes over the broker, seen by a queue of our own that is bound to all exchanges."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from shared.broker.connection import BROKER_AWAY
from shared.broker.topology import EVENTS, SUBMISSIONS, topology
from tests.support.odd import PLAIN, Oddity

QUEUE = "soak.audit"
MARKER = "soak.marker"
PAUSE = 0.2
CATCHES_UP_WITHIN = 5.0


@dataclass(frozen=True, slots=True)
class RawMessage:
    """A message as it went over the broker, or is to go over it."""

    exchange: str
    routing_key: str
    headers: dict[str, Any]
    body: bytes
    oddity: Oddity = PLAIN

    async def publish(self, channel: AbstractChannel) -> None:
        """Publish it as it is, and wait until the broker has confirmed it."""
        exchange = await channel.get_exchange(self.exchange, ensure=False)
        message = self.oddity.message(self.headers, self.body)
        await exchange.publish(message, self.routing_key, timeout=CATCHES_UP_WITHIN)


async def bind_audit(amqp_url: str) -> None:
    """Declare the audit's queue, which gets all that is published from now on."""
    async with await aio_pika.connect(amqp_url) as connection, connection.channel() as channel:
        queue = await channel.declare_queue(QUEUE, durable=True)
        for exchange in (EVENTS, SUBMISSIONS):
            await queue.bind(exchange, "#")
        for binding in topology().bindings:
            if binding.exchange not in {EVENTS, SUBMISSIONS}:
                await queue.bind(binding.exchange, binding.routing_key)


class Audit:
    """Consumes a copy of every message, directly from the broker; connects again whenever the broker comes back."""

    def __init__(self, amqp_url: str) -> None:
        self._amqp_url = amqp_url
        self._numbers = count()
        self._markers: dict[str, asyncio.Event] = {}
        self._channel: AbstractChannel | None = None
        self.messages: list[RawMessage] = []
        self.events: Counter[str] = Counter()
        """How often an event was on the wire, by its id."""

    def begin_anew(self) -> None:
        """Forget what was seen."""
        self.messages.clear()
        self.events.clear()

    @asynccontextmanager
    async def consuming(self) -> AsyncIterator[None]:
        at_work = asyncio.create_task(self._work())
        try:
            yield
        finally:
            at_work.cancel()
            await asyncio.gather(at_work, return_exceptions=True)

    async def publish_for_certain(self, message: RawMessage) -> None:
        """Publish in somebody's name, again and again until the broker has confirmed it."""
        while True:
            if await self.publish(message):
                return
            await asyncio.sleep(PAUSE)

    async def publish(self, message: RawMessage) -> bool:
        """Publish in somebody's name; whether the broker confirmed it."""
        if self._channel is None or self._channel.is_closed:
            return False
        try:
            await message.publish(self._channel)
        except (*BROKER_AWAY, TimeoutError):
            return False
        return True

    async def _is_caught_up(self) -> bool:
        """Whether a message of our own has come back, behind all others."""
        name = f"{MARKER}-{next(self._numbers)}"
        arrived = self._markers[name] = asyncio.Event()
        try:
            if not await self.publish(RawMessage("", QUEUE, {"ce-id": name}, b"")):
                return False
            async with asyncio.timeout(CATCHES_UP_WITHIN):
                await arrived.wait()
        except TimeoutError:
            return False
        finally:
            del self._markers[name]
        return True

    async def catch_up(self) -> None:
        """Wait until all was seen that was published before this call."""
        while True:
            if await self._is_caught_up():
                return
            await asyncio.sleep(PAUSE)

    async def _work(self) -> None:
        while True:
            try:
                await self._consume()
            except (*BROKER_AWAY, TimeoutError):
                await asyncio.sleep(PAUSE)

    async def _consume(self) -> None:
        async with asyncio.timeout(10):
            connection = await aio_pika.connect(self._amqp_url)
        async with connection, connection.channel() as channel:
            closed = asyncio.Event()
            connection.close_callbacks.add(lambda *_: closed.set())
            channel.close_callbacks.add(lambda *_: closed.set())
            await channel.set_qos(200)
            queue = await channel.get_queue(QUEUE, ensure=False)
            self._channel = channel
            await queue.consume(self._take)
            await closed.wait()

    async def _take(self, message: AbstractIncomingMessage) -> None:
        name = str(message.headers.get("ce-id", ""))
        if name.startswith(MARKER):
            if name in self._markers:
                self._markers[name].set()
        else:
            headers = dict(message.headers)
            self.messages.append(RawMessage(message.exchange or "", message.routing_key or "", headers, message.body))
            if message.exchange == EVENTS:
                self.events[name] += 1
        try:
            await message.ack()
        except (*BROKER_AWAY, TimeoutError):
            pass  # it comes again
