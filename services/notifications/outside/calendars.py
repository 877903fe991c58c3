"""A placement as an iCalendar file (RFC 5545). A calendar adds the entry or, if it is cancelled, removes it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from icalendar import Calendar, Event, vCalAddress


def placement_file(facts: Mapping[str, Any], *, organiser: str, now: datetime) -> tuple[str, bytes]:
    """The method (RFC 5546) and the file of a placement. The fact `calendar` is `confirmed` or `cancelled`.

    Its days are whole days: the hours are settled between student and host.
    """
    cancelled = facts["calendar"] == "cancelled"
    method = "CANCEL" if cancelled else "PUBLISH"
    event = Event()
    event.add("uid", f"placement-{facts['application_id']}@ninthweek")
    event.add("sequence", 1 if cancelled else 0)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("dtstamp", now)
    event.add("dtstart", date.fromisoformat(facts["starts_on"]))
    event.add("dtend", date.fromisoformat(facts["ends_on"]) + timedelta(days=1))  # the first day after it
    event.add("summary", f"Micro-placement at {facts['organisation']}")
    event.add("description", f"{facts['title']}\nSupervisor: {facts['supervisor']}\n{facts['application_id']}")
    event.add("organizer", vCalAddress(f"mailto:{organiser}"))
    calendar = Calendar()
    calendar.add("prodid", "-//ninthweek//placements//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    return method, calendar.to_ical()
