"""The moments at which a demonstration may stop, so that people can go on from there by hand."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zlib import crc32

from ninthweek.demonstration.people import Deed
from ninthweek.settings import SettingFaulty
from shared.clock import LOCAL_TIME
from shared.contracts.evaluation import SurveyOpened
from shared.contracts.intake import ApplicationsClosed, ProjectSubmitted, RoundCalendar
from shared.contracts.matching import OfferMade
from shared.contracts.message import Event

LATELY = timedelta(weeks=3)
"""Before the moment: of what people were asked to do within this time, much is not done yet."""


class Moment(StrEnum):
    """A moment of a term, named by what there is most to see of then."""

    SCREENING = "screening"
    APPLICATIONS = "applications"
    RANKINGS = "rankings"
    OFFERS = "offers"
    PLACEMENTS = "placements"
    SURVEYS = "surveys"


def moment_named(name: str | None) -> Moment | None:
    """The moment of a name; `None` without one. Raises `SettingFaulty` for an unknown name."""
    if name is None:
        return None
    if name not in list(Moment):
        raise SettingFaulty(f"There is no moment {name}: name one of {', '.join(Moment)}.")
    return Moment(name)


BEING_DONE: dict[Moment, type[Event]] = {
    Moment.SCREENING: ProjectSubmitted,
    Moment.RANKINGS: ApplicationsClosed,
    Moment.OFFERS: OfferMade,
    Moment.SURVEYS: SurveyOpened,
}
"""The event that asked people to do something, which only some of them have done by the moment."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a term stops: at the moment `at` of the programme's time."""

    moment: Moment
    at: datetime

    def comes_before(self, deed: Deed, asked_by: Event, now: datetime) -> bool:
        """Whether the term stops before this is done: so for every second of the deeds that were asked for lately.

        A deed gets the same answer in every run.
        """
        asked = BEING_DONE.get(self.moment)
        if asked is None or not isinstance(asked_by, asked):
            return False
        return self.at - now <= LATELY and crc32(deed.path.encode()) % 2 == 0


def stop_at(moment: Moment, calendar: RoundCalendar) -> Stop:
    """The stop of a term with this calendar at a moment."""
    first_day = min(week.starts_on for week in calendar.weeks)
    last_day = max(week.ends_on for week in calendar.weeks)
    reply_by = calendar.offers_at + timedelta(days=calendar.reply_within_days)
    at = {
        Moment.SCREENING: calendar.submissions_close_at,
        Moment.APPLICATIONS: _midway(calendar.opens_at, calendar.closes_at),
        Moment.RANKINGS: _midway(calendar.closes_at, calendar.rankings_due_at),
        Moment.OFFERS: _midway(calendar.offers_at, reply_by),
        Moment.PLACEMENTS: _noon(first_day),
        Moment.SURVEYS: _noon(last_day + timedelta(days=3)),
    }[moment]
    return Stop(moment, at)


def _midway(begins_at: datetime, ends_at: datetime) -> datetime:
    """The noon in the middle, when people are awake; just the middle where no noon lies between."""
    middle = begins_at + (ends_at - begins_at) / 2
    noon = _noon(middle.astimezone(LOCAL_TIME))
    return noon if begins_at < noon < ends_at else middle


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), LOCAL_TIME)
