"""How often somebody may knock at a door: counted in this process, by client and by what is asked."""

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from fastapi import Depends, Request

from shared.refusals import TooMany

if TYPE_CHECKING:
    from limits.strategies import MovingWindowRateLimiter

PER_CLIENT: Final = "30/minute"
"""From one address; many people may share it."""

PER_MAILBOX: Final = "5/hour"
"""Links that may be asked for to one mailbox."""


class RateLimiter:
    """Counts knocks. The library that counts is loaded at the first one: at most services nobody ever knocks."""

    def allows(self, rate: str, *what: str) -> bool:
        from limits import parse  # noqa: PLC0415

        return self._window.hit(parse(rate), *what)

    @cached_property
    def _window(self) -> "MovingWindowRateLimiter":
        from limits.storage import MemoryStorage  # noqa: PLC0415
        from limits.strategies import MovingWindowRateLimiter  # noqa: PLC0415

        return MovingWindowRateLimiter(MemoryStorage())


def enforce_rate_limit(request: Request, door: str, who: str, rate: str = PER_CLIENT) -> None:
    """Count a knock at a door; raises `TooMany` beyond the rate. `who` is a client, or what is asked for."""
    limiter: RateLimiter = request.app.state.limiter
    if not limiter.allows(rate, door, who):
        raise TooMany("That was too often: wait a few minutes and try again.")


def rate_limited(door: str, rate: str = PER_CLIENT) -> Any:
    """The dependency of a route that a client may ask only so often."""

    async def limit(request: Request) -> None:
        enforce_rate_limit(request, door, request.client.host if request.client else "nobody", rate)

    return Depends(limit)
