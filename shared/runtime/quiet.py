"""When everything that was said has been handled by all its hearers, and no outbox has anything due."""

import asyncio
from collections.abc import Sequence

from shared.database.connection import DatabaseAway
from shared.runtime.flight import Flight
from shared.runtime.replica import Replica

LOOK_AGAIN = 0.002
"""Seconds between two looks at an outbox that has something due, which its relay is about to publish."""


async def quiet(flight: Flight, replicas: Sequence[Replica]) -> None:
    """Wait until all is quiet.

    Something that was said is first a row that is due, then in flight, then handled: its relay counts it as in flight
    before it publishes, and marks it as sent afterwards. So if nothing is in flight, no outbox has anything due, and
    nothing took off while the outboxes were looked at, then there is nothing left; and nothing comes, since only what
    is handled says more.
    """
    while True:
        await flight.landed()
        before = flight.movements
        try:
            due = [replica for replica in replicas if await replica.anything_due()]
        except DatabaseAway:
            await asyncio.sleep(LOOK_AGAIN * 50)
            continue
        if not due and flight.is_empty and flight.movements == before:
            return
        for replica in due:
            replica.relay.wake()
        await asyncio.sleep(LOOK_AGAIN)
