"""How often somebody may knock at a door: counted in this process, by client and by what is asked."""

from typing import Any, Final

from fastapi import Depends, Request
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from shared.web.problems import TooMany

A_CLIENT: Final = "30/minute"
"""From one address; many people may share it."""

AN_ADDRESS: Final = "5/hour"
"""Links that may be asked for to one mailbox."""


def new_limiter() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(MemoryStorage())


def knock(request: Request, door: str, who: str, rate: str = A_CLIENT) -> None:
    """Count a knock at a door; raises `TooMany` beyond the rate. `who` is a client, or what is asked for."""
    limiter: MovingWindowRateLimiter = request.app.state.limiter
    if not limiter.hit(parse(rate), door, who):
        raise TooMany("That was too often: wait a few minutes and try again.")


def limited(door: str, rate: str = A_CLIENT) -> Any:
    """The dependency of a route that a client may ask only so often."""

    async def limit(request: Request) -> None:
        knock(request, door, request.client.host if request.client else "nobody", rate)

    return Depends(limit)
