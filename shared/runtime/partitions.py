"""The partitions of inbox and outbox: filled one after the other, and emptied whole.

A partition takes a sixth of what is remembered. Eight of them leave one that is being filled and one that may wait to
be emptied, so that none is filled again before all of it is forgotten.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

SLOTS = 8
"""As many as the tables have partitions."""

_REMEMBERED_SLOTS = SLOTS - 2


@dataclass(frozen=True, slots=True)
class Partitions:
    """Which partition a row of a moment belongs to, where rows are remembered for so long.

    The answer may change with the setting: a partition is emptied by the age of what is in it, and by nothing else.
    """

    remember: timedelta

    def slot(self, moment: datetime) -> int:
        """The partition that is filled at a moment: 0 to 7."""
        return int(moment.timestamp() * _REMEMBERED_SLOTS / self.remember.total_seconds()) % SLOTS
