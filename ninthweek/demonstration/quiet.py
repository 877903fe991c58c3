"""Waits until all is quiet: each message is handled by all its subscribers, and no outbox has anything due.

Quiet is found by counting, never by looking at queues. Why this is right, for a process that runs all services and
sends nothing meanwhile:

- A message is in flight from before it is published until the transaction that handled it is committed, with all that
  it publishes. So a service's tables change only while something is in flight.
- The outboxes are read one after the other, at a moment at which nothing is in flight. Suppose that each has nothing
  due, and that by the end of reading no message was published. Then nothing was in flight all that time, and no outbox
  has changed since it was read. So none has anything due now.

A message that the broker delivers again after it was handled is not in flight, and changes nothing. A timer of the
future is not due. A retry counts as due before its time comes, and is waited for.
"""

import asyncio
from collections.abc import Collection, Iterator
from itertools import chain, repeat
from typing import Protocol

from shared.database.connection import DatabaseAway

PAUSES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05)
"""Seconds between looks at the outboxes, the last repeated: a relay needs a moment to record what it sent."""

PATIENCE = 900.0
"""Seconds within which a message must be published: longer than a failing message waits for its last try."""


class NeverQuiet(Exception):
    """Nothing is published any more, and yet not everything is handled."""


class Flight(Protocol):
    """What is in flight, as `flight` counts it."""

    @property
    def published_count(self) -> int: ...

    async def until_empty(self) -> None: ...


class Publisher(Protocol):
    """A running service, as far as it publishes."""

    async def anything_due(self) -> bool: ...


async def quiet(flight: Flight, publishers: Collection[Publisher], *, patience: float = PATIENCE) -> None:
    """Wait until all is quiet. While the database is away, it is not.

    Raises `NeverQuiet` where it is not quiet, and nothing was published for `patience` seconds.
    """
    while True:
        published_count = flight.published_count
        try:
            async with asyncio.timeout(patience):
                return await _quiet(flight, publishers)
        except TimeoutError:
            if flight.published_count == published_count:
                reason = f"Nothing has moved for {patience:.0f} seconds, and yet not everything is handled."
                raise NeverQuiet(reason) from None


async def _quiet(flight: Flight, publishers: Collection[Publisher]) -> None:
    pauses = _pauses()
    while True:
        await flight.until_empty()
        published_count = flight.published_count
        if not await _anything_due(publishers) and flight.published_count == published_count:
            return
        if flight.published_count != published_count:
            pauses = _pauses()
        await asyncio.sleep(next(pauses))


async def _anything_due(publishers: Collection[Publisher]) -> bool:
    try:
        return any([await publisher.anything_due() for publisher in publishers])
    except DatabaseAway:
        return True


def _pauses() -> Iterator[float]:
    return chain(PAUSES, repeat(PAUSES[-1]))
