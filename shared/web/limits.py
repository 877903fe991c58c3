"""How often somebody may ask: counted in this process, by client and by what is asked."""

from collections import deque
from time import monotonic
from typing import Any, Final, NamedTuple

from cachetools import TTLCache
from fastapi import Depends, Request

from shared.refusals import TooMany

LONGEST_PERIOD: Final = 3600.0
"""Seconds; what is older is forgotten."""

MOST_REMEMBERED: Final = 100_000
"""Clients and addresses; beyond them the one that asked least recently is forgotten."""


class Rate(NamedTuple):
    """So many times within a period of so many seconds, `LONGEST_PERIOD` at most, whenever it begins."""

    times: int
    period: float


A_CLIENT: Final = Rate(30, 60.0)
"""From one network address; many people may share it."""

AN_ADDRESS: Final = Rate(5, LONGEST_PERIOD)
"""Links that may be asked for to one mailbox."""


class Limiter:
    """Remembers when each was admitted. A request costs the same however many are remembered."""

    def __init__(self) -> None:
        self._admitted: TTLCache[tuple[str, ...], deque[float]] = TTLCache(MOST_REMEMBERED, LONGEST_PERIOD)

    def admits(self, rate: Rate, *what: str) -> bool:
        """Whether this may be asked once more now; if so, it counts."""
        now = monotonic()
        admitted = self._admitted.get(what) or deque(maxlen=rate.times)
        if len(admitted) == rate.times and now - admitted[0] < rate.period:
            return False
        admitted.append(now)
        self._admitted[what] = admitted  # again each time: it is remembered from now on
        return True


def count_request(request: Request, name: str, who: str, rate: Rate = A_CLIENT) -> None:
    """Count a request under a name; raises `TooMany` beyond the rate. `who` is a client, or what is asked for."""
    limiter: Limiter = request.app.state.limiter
    if not limiter.admits(rate, name, who):
        raise TooMany("That was too often: wait a few minutes and try again.")


def limited(name: str, rate: Rate = A_CLIENT) -> Any:
    """The dependency of a route that a client may ask only so often."""

    async def limit(request: Request) -> None:
        count_request(request, name, request.client.host if request.client else "unknown", rate)

    return Depends(limit)
