"""The phases of a term, by the programme's time."""

from datetime import datetime, time, timedelta
from enum import StrEnum

from shared.clock import LOCAL_TIME
from shared.contracts.intake import RoundCalendar


class Phase(StrEnum):
    """What the programme is busy with, as the display names it."""

    PROPOSALS = "hosts propose projects, staff review them"
    APPLICATIONS = "students apply"
    RANKINGS = "hosts rank their applicants"
    OFFERS = "places are offered, and offered on"
    PLACEMENTS = "placements take place"
    EVALUATION = "both sides evaluate"


def phase(calendar: RoundCalendar, now: datetime) -> Phase:
    """The phase at a moment; each lasts until the next begins."""
    first_morning = datetime.combine(min(week.starts_on for week in calendar.weeks), time.min, LOCAL_TIME)
    last_evening = datetime.combine(max(week.ends_on for week in calendar.weeks), time.min, LOCAL_TIME)
    beginnings = (
        (last_evening + timedelta(days=1), Phase.EVALUATION),
        (first_morning, Phase.PLACEMENTS),
        (calendar.offers_at, Phase.OFFERS),
        (calendar.closes_at, Phase.RANKINGS),
        (calendar.opens_at, Phase.APPLICATIONS),
    )
    return next((phase for begins_at, phase in beginnings if now >= begins_at), Phase.PROPOSALS)
