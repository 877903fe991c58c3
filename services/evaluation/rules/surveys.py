"""The workflow of a survey: two for each completed placement, open for two weeks."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from shared.clock import LOCAL_TIME
from shared.contracts.evaluation import Respondent
from shared.contracts.matching import PlacementCompleted
from shared.refusals import NotAllowed
from shared.workflow import Step, Transition

DAYS_TO_REMINDER: Final = 7
DAYS_TO_CLOSE: Final = 14


class State(StrEnum):
    """The state of a survey."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


RESPONDENT: Final = "respondent"
DEFAULT: Final = "default"

OPEN: Final = Transition("open", before=(None,), after=State.OPEN, by=DEFAULT)
ANSWER: Final = Transition("answer", before=(State.OPEN,), after=State.ANSWERED, by=RESPONDENT)
ANSWER_AGAIN: Final = Transition("answer again", before=(State.ANSWERED,), after=State.ANSWERED, by=RESPONDENT)
CLOSE: Final = Transition("close", before=(State.OPEN, State.ANSWERED), after=State.CLOSED, by=DEFAULT)


@dataclass(frozen=True, slots=True)
class Survey:
    """One side's survey about one placement. `respondent_id` is the student's or the host's id."""

    survey_id: UUID
    application_id: str
    round_id: str
    project_id: str
    respondent: Respondent
    respondent_id: str
    state: State
    opened_at: datetime
    closes_at: datetime

    @property
    def ids(self) -> dict[str, Any]:
        """The fields that every event about the survey has."""
        return {
            "survey_id": self.survey_id,
            "application_id": self.application_id,
            "round_id": self.round_id,
            "project_id": self.project_id,
            "respondent": self.respondent,
            "respondent_id": self.respondent_id,
        }


class Standing(StrEnum):
    """What its respondent can do with a survey; the templates use the values."""

    TO_ANSWER = "to_answer"
    ANSWERED = "answered"
    """The answers can be changed until the survey closes."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Asked:
    """A survey and its placement, as its respondent sees them; title and organisation are none until known."""

    survey: Survey
    title: str | None
    organisation: str | None
    starts_on: date
    ends_on: date
    answered_at: datetime | None
    """When the answers that count were given."""

    def standing(self, now: datetime) -> Standing:
        if is_over(self.survey, now=now):
            return Standing.CLOSED
        return Standing.TO_ANSWER if self.survey.state is State.OPEN else Standing.ANSWERED


def is_over(survey: Survey, *, now: datetime) -> bool:
    """Whether no more answers are taken. This counts even before the timer has come that closes the survey."""
    return survey.state is State.CLOSED or now >= survey.closes_at


def survey_id(application_id: str, respondent: Respondent) -> UUID:
    """The id of a side's survey: always the same for the same placement and side."""
    return uuid5(NAMESPACE_URL, f"urn:ninthweek:survey:{application_id}:{respondent}")


def open_surveys(event: PlacementCompleted, *, now: datetime) -> tuple[Survey, Survey]:
    """The surveys of the student and of the host."""

    def survey(respondent: Respondent, respondent_id: str) -> Survey:
        return Survey(
            survey_id=survey_id(event.application_id, respondent),
            application_id=event.application_id,
            round_id=event.round_id,
            project_id=event.project_id,
            respondent=respondent,
            respondent_id=respondent_id,
            state=State.OPEN,
            opened_at=now,
            closes_at=_days_later(now, DAYS_TO_CLOSE),
        )

    return survey("student", event.student_id), survey("host", event.host_id)


def reminder_at(survey: Survey) -> datetime:
    """When a respondent who has not answered is reminded."""
    return _days_later(survey.opened_at, DAYS_TO_REMINDER)


def answer(survey: Survey, *, now: datetime) -> Step[State]:
    """The step of an answer, the first one or a later one; raises `NotAllowed` once the survey's time is over."""
    if is_over(survey, now=now):
        closed = f"{survey.closes_at.astimezone(LOCAL_TIME):%-d %B %Y at %H:%M}"
        raise NotAllowed(f"The survey closed on {closed}; no more answers are taken.")
    return (ANSWER if survey.state is State.OPEN else ANSWER_AGAIN).step(survey.state, at=now)


def _days_later(moment: datetime, days: int) -> datetime:
    """The moment that is so many days later, at the same local time of day."""
    return (moment.astimezone(LOCAL_TIME) + timedelta(days=days)).astimezone(UTC)
