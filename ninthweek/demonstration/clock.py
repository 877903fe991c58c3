"""A programme's clock that somebody steps.

The demonstration and the tests have one; nothing that runs a real programme does.
"""

from datetime import UTC, datetime


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
