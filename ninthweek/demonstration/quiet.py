"""When all is quiet: each message has been handled by all its subscribers, and no outbox has anything due.

Counted, never read from queues. Why it is right, for a process that runs all services and sends nothing meanwhile:

- A message is counted as in flight from before it is published until the transaction that handled it is committed
  with all that it publishes. So a service's tables change only while something is in flight.
- Suppose that nothing was in flight when the outboxes were begun to be read, that each was found to have nothing due,
  and that nothing has taken off since. Then nothing was in flight all that time, no outbox has changed since it was
  read, and so none has anything due now.

A message that a broker delivers again after it was handled is neither in flight nor changes anything. A timer of the
future is not due; a retry is, whenever its time comes, and is waited for.
"""

import asyncio
from collections.abc import Collection, Iterator
from itertools import chain, repeat
from typing import Protocol

from shared.database.connection import DatabaseAway

PAUSES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05)
"""Seconds between looks at the outboxes, the last again and again: a relay needs a moment to record what it sent."""

PATIENCE = 900.0
"""Seconds in which something must move: longer than a failing message waits for its last try."""


class NeverQuiet(Exception):
    """Nothing moves any more, and yet not everything is handled."""


class Flight(Protocol):
    """What is in flight, as `flight` counts it."""

    @property
    def movements(self) -> int: ...

    async def landed(self) -> None: ...


class Publisher(Protocol):
    """A running service, as far as it publishes."""

    async def anything_due(self) -> bool: ...


async def quiet(flight: Flight, publishers: Collection[Publisher], *, patience: float = PATIENCE) -> None:
    """Wait until all is quiet; while the database is away, nothing is.

    Raises `NeverQuiet` when nothing has moved for `patience` seconds.
    """
    while True:
        movements = flight.movements
        try:
            async with asyncio.timeout(patience):
                return await _quiet(flight, publishers)
        except TimeoutError:
            if flight.movements == movements:
                reason = f"Nothing has moved for {patience:.0f} seconds, and yet not everything is handled."
                raise NeverQuiet(reason) from None


async def _quiet(flight: Flight, publishers: Collection[Publisher]) -> None:
    pauses = _pauses()
    while True:
        await flight.landed()
        movements = flight.movements
        if not await _anything_due(publishers) and flight.movements == movements:
            return
        if flight.movements != movements:
            pauses = _pauses()
        await asyncio.sleep(next(pauses))


async def _anything_due(publishers: Collection[Publisher]) -> bool:
    try:
        return any([await publisher.anything_due() for publisher in publishers])
    except DatabaseAway:
        return True


def _pauses() -> Iterator[float]:
    return chain(PAUSES, repeat(PAUSES[-1]))
