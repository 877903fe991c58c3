"""Acknowledges what was handled: many deliveries in one frame, as far as none before them is still to be handled."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import aiormq

from shared.broker.connection import BROKER_AWAY
from shared.broker.deliveries import RawDelivery

ACKNOWLEDGE_WITHIN = 5.0
"""Seconds for a group."""


@dataclass(slots=True)
class Settled:
    """Which deliveries of a channel are settled; the broker numbers them 1, 2, 3, … (AMQP 0-9-1, "delivery-tag")."""

    up_to: int = 0
    beyond: set[int] = field(default_factory=set)

    def settle(self, tags: Iterable[int]) -> tuple[int | None, list[int]]:
        """Note these as handled; returns what to acknowledge: all up to a number, if any, and those beyond a gap.

        The number is one of `tags`: the broker knows no delivery that was acknowledged before.
        """
        settled = sorted(tags)
        self.beyond.update(settled)
        while self.up_to + 1 in self.beyond:
            self.up_to += 1
            self.beyond.remove(self.up_to)
        together = max((tag for tag in settled if tag <= self.up_to), default=None)
        return together, [tag for tag in settled if tag > self.up_to]


class Acknowledgements:
    """Acknowledges what one consumer has handled."""

    def __init__(self) -> None:
        self._channels: dict[aiormq.abc.AbstractChannel, Settled] = {}

    async def send(self, group: Sequence[RawDelivery]) -> int:
        """Acknowledge deliveries; returns how many.

        Where a channel is gone its deliveries come again, and the inbox knows them. An acknowledgement that was begun
        when the connection died would wait for ever.
        """
        acknowledged = 0
        tags: dict[aiormq.abc.AbstractChannel, list[int]] = {}
        for raw in group:
            tags.setdefault(raw.channel, []).append(raw.delivery_tag)
        for channel in [channel for channel in self._channels if channel.is_closed]:
            del self._channels[channel]
        for channel, handled in tags.items():
            if channel.is_closed:
                continue
            with suppress(TimeoutError, *BROKER_AWAY):
                async with asyncio.timeout(ACKNOWLEDGE_WITHIN):
                    await self._acknowledge(channel, handled)
                    acknowledged += len(handled)
        return acknowledged

    async def _acknowledge(self, channel: aiormq.abc.AbstractChannel, tags: Sequence[int]) -> None:
        together, beyond = self._channels.setdefault(channel, Settled()).settle(tags)
        if together is not None:
            await channel.basic_ack(together, multiple=True)
        for tag in beyond:
            await channel.basic_ack(tag)
