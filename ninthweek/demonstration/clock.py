"""A programme's clock that somebody steps, and one that goes on from where it stood.

The demonstration and the tests have them; nothing that runs a real programme does.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

CLOCK = "clock.json"
"""In a data folder that a demonstration left: the moment that the programme's time has come to."""

NOTED_EVERY = 5.0
"""Seconds between two notes of the moment in the file."""

NOTED_AHEAD = timedelta(seconds=2 * NOTED_EVERY)
"""The note lies so far ahead: after a process that was killed, the programme's time goes on and never back."""


class SteppedClock:
    """Stands still until it is stepped; called, it tells its moment in UTC, as every `Clock` does."""

    def __init__(self, moment: datetime = datetime(2027, 3, 1, tzinfo=UTC)) -> None:
        self._moment = moment.astimezone(UTC)

    def __call__(self) -> datetime:
        return self._moment

    def step_to(self, moment: datetime) -> None:
        """Go on to a moment; raises `ValueError` for one that lies behind."""
        if moment < self._moment:
            raise ValueError(f"The clock stands at {self._moment} and does not go back to {moment}.")
        self._moment = moment.astimezone(UTC)


class ResumedClock:
    """Goes on from a moment, as fast as real time does."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment.astimezone(UTC)
        self._resumed_at = time.monotonic()

    def __call__(self) -> datetime:
        return self._moment + timedelta(seconds=time.monotonic() - self._resumed_at)


def note_moment(data: Path, moment: datetime) -> None:
    """Have whoever goes on with this data folder begin at this moment."""
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
    """The clock of a demonstration's data while the block lasts, with its moment kept in the folder."""
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
