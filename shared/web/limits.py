"""Rate limits: requests are counted in this process, by client and by what is asked for."""

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from fastapi import Depends, Request

from shared.refusals import TooMany

if TYPE_CHECKING:
    from limits.strategies import MovingWindowRateLimiter

PER_CLIENT: Final = "30/minute"
"""Requests from one network address, which many people may share."""

PER_MAILBOX: Final = "5/hour"
"""Links that may be asked for to one e-mail address."""


class RateLimiter:
    """Counts requests. The library that does so is loaded at the first one: most services never get any to count."""

    def allows(self, rate: str, *what: str) -> bool:
        """Count a request; false if it goes beyond the rate."""
        from limits import parse  # noqa: PLC0415

        return self._window.hit(parse(rate), *what)

    @cached_property
    def _window(self) -> "MovingWindowRateLimiter":
        from limits.storage import MemoryStorage  # noqa: PLC0415
        from limits.strategies import MovingWindowRateLimiter  # noqa: PLC0415

        return MovingWindowRateLimiter(MemoryStorage())


def enforce_rate_limit(request: Request, what: str, who: str, rate: str = PER_CLIENT) -> None:
    """Count a request for something by somebody; raises `TooMany` beyond the rate."""
    limiter: RateLimiter = request.app.state.limiter
    if not limiter.allows(rate, what, who):
        raise TooMany("That was too often: wait a few minutes and try again.")


def rate_limited(what: str, rate: str = PER_CLIENT) -> Any:
    """A dependency that limits how often one client may ask for a route."""

    async def limit(request: Request) -> None:
        enforce_rate_limit(request, what, request.client.host if request.client else "nobody", rate)

    return Depends(limit)
