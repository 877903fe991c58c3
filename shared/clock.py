"""The programme's time, by which deadlines, timers and pages go.

Leases, retention, retries, sessions and health go by the system's time instead; SQL never asks the server for either.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
"""Tells the present moment, aware, in UTC."""

LOCAL_TIME = ZoneInfo("Europe/London")
"""The university's time zone: the days of the programme begin and end in it."""


def system_time() -> datetime:
    return datetime.now(UTC)
