#!/usr/bin/env bash
# limits 5.8.0, Python 3.11
#
# hit(..., cost=n) is refused where less than n is left. The fixed window charges the refused cost all the same, so that
# cheap hits, for which there was room, are refused until the window ends. The moving window and the sliding window
# counter charge nothing for a refusal.
#
# Seen, at 10 an hour (8 taken, then a hit of 5, then one of 1):
#   FixedWindowRateLimiter: 8 taken: True, 5 more: False, 1 more: False
#   MovingWindowRateLimiter: 8 taken: True, 5 more: False, 1 more: True
#   SlidingWindowCounterRateLimiter: 8 taken: True, 5 more: False, 1 more: True

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet limits==5.8.0

"$folder/venv/bin/python" - <<'PYTHON'
from limits import RateLimitItemPerHour
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter, SlidingWindowCounterRateLimiter

LIMIT = RateLimitItemPerHour(10)

for strategy, cheap_hit_passes in (
    (FixedWindowRateLimiter, False),
    (MovingWindowRateLimiter, True),
    (SlidingWindowCounterRateLimiter, True),
):
    limiter = strategy(MemoryStorage())
    taken, refused, cheap = (limiter.hit(LIMIT, "client", cost=cost) for cost in (8, 5, 1))
    print(f"{strategy.__name__}: 8 taken: {taken}, 5 more: {refused}, 1 more: {cheap}")
    assert (taken, refused, cheap) == (True, False, cheap_hit_passes)
PYTHON
