"""When a message that could not be handled is tried again."""

from datetime import timedelta

RETRIES = (timedelta(seconds=1), timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10))
"""After a fault: four more tries, then it is a failure."""

WAITS = tuple(timedelta(seconds=seconds) for seconds in (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, *[60] * 58))
"""For a fact that is still on its way: quickly at first, and for an hour in all; then it is a failure."""


def after_fault(attempts: int) -> timedelta | None:
    """How long to wait after the `attempts`th failed try; `None` when it has failed for good."""
    return RETRIES[attempts - 1] if attempts <= len(RETRIES) else None


def after_not_yet(waits: int) -> timedelta | None:
    """How long to wait after being told `NotYet` for the `waits`th time; `None` when it has failed for good."""
    return WAITS[waits - 1] if waits <= len(WAITS) else None
