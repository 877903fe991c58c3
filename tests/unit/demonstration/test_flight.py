"""What is in flight."""

import asyncio
from uuid import UUID

from ninthweek.demonstration.flight import Flight

FIRST, SECOND = UUID(int=1), UUID(int=2)


async def test_what_is_published_before_the_waiter_is_woken_is_waited_for_too() -> None:
    """A relay publishes a mail in the same turn of the loop in which the message that led to it is handled."""
    flight = Flight(["notifications"])
    flight.expect(["notifications"], FIRST)
    waiter = asyncio.create_task(flight.until_empty())
    await asyncio.sleep(0)

    flight.handled("notifications", FIRST)
    flight.expect(["notifications"], SECOND)
    done, _ = await asyncio.wait([waiter], timeout=0.05)

    assert not done
    flight.handled("notifications", SECOND)
    await waiter
