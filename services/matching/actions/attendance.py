"""Attendance: a host records who was there."""

from collections.abc import Mapping
from datetime import date

from services.matching import store
from services.matching.actions.applications import find_placement
from services.matching.rules import attendance
from shared.runtime.work import Work


async def record_attendance(application_id: str, given: Mapping[date, str], work: Work) -> None:
    """Record who was there on some days of a placement; the other days stay as they are.

    Raises `Invalid`, and `NotAllowed` if nothing can be recorded at this moment.
    """
    placement = await find_placement(application_id, work)
    presences = attendance.presences(placement, given, now=work.now)
    recorded = await store.attendance.of(work.connection, [application_id])
    before = recorded.get(application_id, {})
    changed = {day: presence for day, presence in presences.items() if before.get(day) != presence}
    await store.attendance.record(work.connection, application_id, changed, work.now)
