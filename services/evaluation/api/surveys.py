"""Surveys and their answers, as JSON; for staff."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from services.evaluation.actions import surveys
from services.evaluation.dependencies import WorkIs
from services.evaluation.rules.questions import QUESTIONS, Answers, Question
from services.evaluation.rules.surveys import State
from services.evaluation.store import surveys as store
from shared.contracts.evaluation import Respondent
from shared.contracts.fields import ApplicationId, Moment, ProjectId, RoundId
from shared.web import StaffOnly

routes = APIRouter(dependencies=[StaffOnly])


class SurveySummary(BaseModel):
    """A survey: who is asked about which placement, and until when."""

    model_config = ConfigDict(from_attributes=True)

    survey_id: UUID
    application_id: ApplicationId
    round_id: RoundId
    project_id: ProjectId
    respondent: Respondent
    respondent_id: Annotated[str, Field(description="The student's or the host's id.", examples=["S00042"])]
    state: State
    opened_at: Moment
    closes_at: Annotated[Moment, Field(description="From this moment on, no more answers are taken.")]


class SurveyInFull(SurveySummary):
    """A survey with its questions and current answers."""

    project_title: Annotated[str | None, Field(description="Null while it is not known.")]
    organisation: Annotated[str | None, Field(description="The host's; null while it is not known.")]
    questions: tuple[Question, ...]
    answers: Annotated[Answers | None, Field(description="The latest; they can be replaced until the survey closes.")]


@routes.get("/surveys")
async def list_surveys(
    work: WorkIs,
    application_id: ApplicationId | None = None,
    state: State | None = None,
    round_id: RoundId | None = None,
) -> list[SurveySummary]:
    """The surveys: of a placement, in a state, of a round, or all."""
    found = await store.surveys(work.connection, application_id=application_id, state=state, round_id=round_id)
    return [SurveySummary.model_validate(survey) for survey in found]


@routes.get("/surveys/{survey_id}")
async def read_survey(survey_id: UUID, work: WorkIs) -> SurveyInFull:
    """A survey with its questions and current answers."""
    survey = await surveys.find_survey(survey_id, work)
    title, organisation = await store.project_and_host(work.connection, survey.application_id)
    return SurveyInFull(
        **SurveySummary.model_validate(survey).model_dump(),
        project_title=title,
        organisation=organisation,
        questions=QUESTIONS[survey.respondent],
        answers=await store.current_answers(work.connection, survey_id),
    )


@routes.post("/surveys/{survey_id}/answers")
async def answer_survey(survey_id: UUID, answers: Answers, work: WorkIs) -> SurveySummary:
    """Answer a survey. Until it closes, new answers replace earlier ones; the same answers again change nothing."""
    return SurveySummary.model_validate(await surveys.answer_survey(survey_id, answers, work))
