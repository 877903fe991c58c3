"""Ids that sort by the time at which they were made: UUID version 7 (RFC 9562, 5.7).

Twelve bits hold the fraction of the millisecond, to a quarter of a microsecond (RFC 9562, 6.2, method 3). So the ids of
one process sort in the order in which it made them.
"""

import os
import time
from uuid import UUID


def new_id() -> UUID:
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    moment = milliseconds << 12 | nanoseconds * 4096 // 1_000_000
    value = moment >> 12 << 80 | 7 << 76 | (moment & 0xFFF) << 64 | 2 << 62
    return UUID(int=value | int.from_bytes(os.urandom(8)) >> 2)
