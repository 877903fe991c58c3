"""The programme's clock of several processes: a moment in memory that they share, which one of them steps."""

import mmap
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ninthweek.demonstration.clock import SteppedClock

START = datetime(1970, 1, 1, tzinfo=UTC)


class SharedClock:
    """A `Clock` whose moment lies in a file: microseconds since 1970, in eight bytes, read and written as one."""

    def __init__(self, file: Path) -> None:
        """Share the clock of a file; one that is not there begins where every stepped clock does."""
        is_new = not file.exists()
        if is_new:
            file.write_bytes(bytes(8))
        with file.open("r+b") as opened:
            self._microseconds = memoryview(mmap.mmap(opened.fileno(), 8)).cast("q")
        self.file = file
        if is_new:
            self.step_to(SteppedClock()())

    def __call__(self) -> datetime:
        return START + timedelta(microseconds=self._microseconds[0])

    def step_to(self, moment: datetime) -> None:
        """Step to a moment; raises `ValueError` for an earlier one. Processes have to be waked afterwards."""
        if moment < self():
            raise ValueError(f"The clock stands at {self()} and does not go back to {moment}.")
        self._microseconds[0] = (moment - START) // timedelta(microseconds=1)
