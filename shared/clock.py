"""The programme's time and the system's time.

Deadlines, timers and pages use the programme's time, which the demonstration and the tests step. Leases, retention,
retries, sessions and health use the system's time. SQL never asks the server for the time.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
"""Returns the present moment: an aware `datetime` in UTC."""

LOCAL_TIME = ZoneInfo("Europe/London")
"""The university's time zone, by which the days of the programme begin and end."""


def system_time() -> datetime:
    return datetime.now(UTC)
