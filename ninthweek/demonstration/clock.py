"""The programme's clock of demonstrations and tests: one that is stepped, and one that goes on from a moment.

A real programme uses neither.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

CLOCK = "clock.json"
"""The file in a demonstration's data folder with the moment that the programme's time has come to."""

NOTED_EVERY = 5.0
"""Seconds between two writes of the moment to the file."""

NOTED_AHEAD = timedelta(seconds=2 * NOTED_EVERY)
"""How far ahead of the clock the moment in the file is: after a process was killed, time never goes back."""


class SteppedClock:
    """A clock that stands still until it is stepped. Called, it returns its moment in UTC, as every `Clock` does."""

    def __init__(self, moment: datetime = datetime(2027, 3, 1, tzinfo=UTC)) -> None:
        self._moment = moment.astimezone(UTC)

    def __call__(self) -> datetime:
        return self._moment

    def step_to(self, moment: datetime) -> None:
        """Step to a moment. Raises `ValueError` for one in its past."""
        if moment < self._moment:
            raise ValueError(f"The clock stands at {self._moment} and does not go back to {moment}.")
        self._moment = moment.astimezone(UTC)


class ResumedClock:
    """A clock that goes on from a moment, as fast as real time does."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment.astimezone(UTC)
        self._resumed_at = time.monotonic()

    def __call__(self) -> datetime:
        return self._moment + timedelta(seconds=time.monotonic() - self._resumed_at)


def note_moment(data: Path, moment: datetime) -> None:
    """Write the moment from which an `up` with this data folder goes on."""
    draft = data / f"{CLOCK}.draft"
    draft.write_text(json.dumps({"programme_time": moment.isoformat()}), encoding="utf-8")
    draft.replace(data / CLOCK)


def noted_moment(data: Path) -> datetime | None:
    """The moment that a demonstration's data has come to; None for the data of a real programme."""
    try:
        noted = json.loads((data / CLOCK).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return datetime.fromisoformat(noted["programme_time"])


@asynccontextmanager
async def resumed(data: Path, moment: datetime) -> AsyncIterator[ResumedClock]:
    """The clock of a demonstration's data; while the block lasts its moment is kept in the folder."""
    clock = ResumedClock(moment)
    keeping = asyncio.create_task(_keep_noting(data, clock))
    try:
        yield clock
    finally:
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping
        note_moment(data, clock())


async def _keep_noting(data: Path, clock: ResumedClock) -> None:
    while True:
        note_moment(data, clock() + NOTED_AHEAD)
        await asyncio.sleep(NOTED_EVERY)
