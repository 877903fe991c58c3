#!/usr/bin/env bash
# limits 5.8.0, Python 3.11
#
# Its MemoryStorage starts a thread at almost every hit that walks through every key it holds, ten milliseconds later, to
# forget what has expired. So the cost of a hit grows with the number of clients that are counted, and it is paid beside
# the hit: by whatever else the process does. At twenty new clients a second, each limited by the hour, a web server
# was slow after three minutes and did not keep up after four.
#
# Seen (it fails below ten times as much):
#   processor time per hit: 0.97 ms with 100 keys, 24.47 ms with 20,000

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet limits==5.8.0

"$folder/venv/bin/python" - <<'PYTHON'
import time

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

RATE = parse("30/hour")
HITS = 40
PAUSE = 0.03  # longer than the thread waits before it begins


def milliseconds_a_hit(keys: int) -> float:
    """Processor time of the whole process, with so many clients counted before."""
    window = MovingWindowRateLimiter(MemoryStorage())
    for number in range(keys):
        window.hit(RATE, f"client {number}")
    time.sleep(1)
    began = time.process_time()
    for number in range(HITS):
        assert window.hit(RATE, f"client {number}")
        time.sleep(PAUSE)
    return (time.process_time() - began) / HITS * 1000


few, many = milliseconds_a_hit(100), milliseconds_a_hit(20_000)
print(f"processor time per hit: {few:.2f} ms with 100 keys, {many:.2f} ms with 20,000")
assert many > 10 * few
PYTHON
