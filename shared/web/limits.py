"""Rate limits: requests are counted in this process, by client and by what is asked for."""

from collections import deque
from time import monotonic
from typing import Any, Final, NamedTuple

from cachetools import TTLCache
from fastapi import Depends, Request

from shared.refusals import TooMany

LONGEST_PERIOD: Final = 3600.0
"""Seconds. Requests that are older are forgotten."""

MOST_REMEMBERED: Final = 100_000
"""Clients and addresses. Beyond that number, the one that asked least recently is forgotten."""


class Rate(NamedTuple):
    """How many `times` within any `period` of so many seconds, which is `LONGEST_PERIOD` at most."""

    times: int
    period: float


PER_CLIENT: Final = Rate(30, 60.0)
"""Requests from one network address, which many people may share."""

PER_MAILBOX: Final = Rate(5, LONGEST_PERIOD)
"""Links that may be asked for to one e-mail address."""


class RateLimiter:
    """Remembers the latest allowed requests of each client. A request costs the same however many are remembered."""

    def __init__(self) -> None:
        self._allowed: TTLCache[tuple[str, ...], deque[float]] = TTLCache(MOST_REMEMBERED, LONGEST_PERIOD)

    def allows(self, rate: Rate, *what: str) -> bool:
        """Whether one more request is allowed now. If so, it is counted."""
        now = monotonic()
        latest = self._allowed.get(what) or deque(maxlen=rate.times)
        if len(latest) == rate.times and now - latest[0] < rate.period:
            return False
        latest.append(now)
        self._allowed[what] = latest  # set again each time, so that the cache keeps it from now on
        return True


def count_request(request: Request, name: str, who: str, rate: Rate = PER_CLIENT) -> None:
    """Count a request under a name; raises `TooMany` beyond the rate. `who` is a client, or an address."""
    limiter: RateLimiter = request.state.limiter
    if not limiter.allows(rate, name, who):
        raise TooMany("That was too often: wait a few minutes and try again.")


def rate_limited(name: str, rate: Rate = PER_CLIENT) -> Any:
    """A dependency that limits how often one client may ask for a route."""

    async def limit(request: Request) -> None:
        count_request(request, name, request.client.host if request.client else "unknown", rate)

    return Depends(limit)
