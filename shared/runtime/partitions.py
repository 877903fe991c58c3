"""The partitions of the inbox and the outbox: filled one after the other, and emptied as a whole.

Emptying a partition costs the same however many rows it has, and leaves no dead rows behind, as deleting would. There
are eight. Each takes the rows of a sixth of the time that is remembered, so that six together hold what must be
remembered. Beside them one is being filled and one may wait to be emptied: none is filled again before all of its rows
are old enough to be forgotten.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

SLOTS = 8
"""The number of partitions that each table has."""

_REMEMBERED_SLOTS = SLOTS - 2


@dataclass(frozen=True, slots=True)
class Partitions:
    """Which partition the rows of a moment belong to. `remember` is how long rows must be kept.

    The setting may change at any time: a partition is emptied by the age of the rows in it, not by its number.
    """

    remember: timedelta

    def slot(self, moment: datetime) -> int:
        """The partition that is filled at a moment: 0 to 7."""
        return int(moment.timestamp() * _REMEMBERED_SLOTS / self.remember.total_seconds()) % SLOTS
