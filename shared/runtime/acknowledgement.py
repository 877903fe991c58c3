"""Acknowledges deliveries that were handled, many of them in one frame.

One frame (`multiple=True`) acknowledges every delivery of a channel up to a number. It may therefore only name a number
up to which everything was handled. Groups can be handled out of order; what was handled beyond a gap is acknowledged
one by one.
"""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import aiormq

from shared.broker.connection import BROKER_AWAY
from shared.broker.deliveries import RawDelivery

ACKNOWLEDGE_WITHIN = 5.0
"""Seconds, for all deliveries of a group that came over one channel."""


@dataclass(slots=True)
class Settled:
    """Which deliveries of one channel were handled. The broker numbers them 1, 2, 3, … (AMQP 0-9-1, "delivery-tag")."""

    up_to: int = 0
    """All deliveries up to this number were handled."""
    beyond: set[int] = field(default_factory=set)
    """Those that were handled although one before them was not yet."""

    def settle(self, tags: Iterable[int]) -> tuple[int | None, list[int]]:
        """Note that these were handled, and return how to acknowledge them: all up to a number, and single ones.

        The number is `None` where none of them can be acknowledged with all before it. Otherwise it is one of `tags`,
        never an earlier one: to acknowledge a delivery a second time is an error that closes the channel.
        """
        settled = sorted(tags)
        self.beyond.update(settled)
        while self.up_to + 1 in self.beyond:
            self.up_to += 1
            self.beyond.remove(self.up_to)
        together = max((tag for tag in settled if tag <= self.up_to), default=None)
        return together, [tag for tag in settled if tag > self.up_to]


class Acknowledgements:
    """Acknowledges what one subscriber has handled, over the channel by which each delivery came."""

    def __init__(self) -> None:
        self._channels: dict[aiormq.abc.AbstractChannel, Settled] = {}

    async def send(self, group: Sequence[RawDelivery]) -> int:
        """Acknowledge deliveries, and return how many were acknowledged.

        Those of a closed channel are left out: the broker delivers them again, and the inbox recognises them. The
        timeout is needed since an acknowledgement that was begun when the connection died would wait for ever.
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
