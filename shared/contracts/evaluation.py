"""The events of evaluation: the surveys of both sides."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.contracts.fields import ApplicationId, Moment, ProjectId, RoundId
from shared.contracts.message import Event

SurveyId = Annotated[UUID, Field(description="The survey.", examples=["01990a4e-7c00-7000-8000-000000000044"])]
Closes = Annotated[Moment, Field(description="Answers are accepted before this moment.")]
Respondent = Annotated[Literal["student", "host"], Field(description="The side that is asked.")]


class _OfSurvey(Event):
    """A survey, the placement that it is about, and who is asked."""

    survey_id: SurveyId
    application_id: ApplicationId
    round_id: RoundId
    project_id: ProjectId
    respondent: Respondent
    respondent_id: Annotated[str, Field(description="The student's or the host's id.", examples=["S00042"])]


class SurveyOpened(_OfSurvey, about="survey"):
    """A placement is over, and this side is asked about it."""

    closes_at: Closes


class SurveyUnanswered(_OfSurvey, about="survey"):
    """Half of the time to answer is over, and this side has not answered: it is to be reminded."""

    closes_at: Closes


class SurveyAnswered(_OfSurvey, about="survey"):
    """The side answered. The answers stay at evaluation."""


class SurveyClosed(_OfSurvey, about="survey"):
    """No more answers are accepted."""

    answered: Annotated[bool, Field(description="Whether the side had answered.")]
