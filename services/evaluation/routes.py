"""Surveys, their answers, and the report of a round; all for staff."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

from services.evaluation import reports, service
from services.evaluation.rules import surveys as rules
from services.evaluation.rules.questions import QUESTIONS, Answers, Question
from services.evaluation.rules.report import Report, report
from services.evaluation.rules.surveys import State, Survey
from services.evaluation.store import surveys as store
from services.evaluation.store import tallies
from shared.contracts.evaluation import Respondent, SurveyAnswered
from shared.contracts.fields import ApplicationId, Moment, ProjectId, RoundId
from shared.contracts.message import subject
from shared.runtime.work import Work
from shared.web import Conflict, NotFound, StaffOnly, work_in
from shared.workflow import NotAllowed

InEvaluation = Annotated[Work, Depends(work_in("evaluation"), scope="function")]

service.routes.dependencies.append(StaffOnly)


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
    closes_at: Annotated[Moment, Field(description="Answers are taken to before here.")]


class SurveyInFull(SurveySummary):
    """A survey with its questions, and what was answered so far."""

    project_title: Annotated[str | None, Field(description="Null while it is not known.")]
    organisation: Annotated[str | None, Field(description="The host's; null while it is not known.")]
    questions: tuple[Question, ...]
    answers: Annotated[Answers | None, Field(description="The latest; others may replace them until the close.")]


@service.routes.get("/surveys")
async def list_surveys(
    work: InEvaluation,
    application_id: ApplicationId | None = None,
    state: State | None = None,
    round_id: RoundId | None = None,
) -> list[SurveySummary]:
    """The surveys of a placement, in a state, of a round; or all."""
    found = await store.surveys(work.connection, application_id=application_id, state=state, round_id=round_id)
    return [SurveySummary.model_validate(survey) for survey in found]


@service.routes.get("/surveys/{survey_id}")
async def read_survey(survey_id: UUID, work: InEvaluation) -> SurveyInFull:
    """A survey with its questions in words, and what was answered so far."""
    survey = await _survey(work, survey_id)
    title, organisation = await store.project_and_host(work.connection, survey.application_id)
    return SurveyInFull(
        **SurveySummary.model_validate(survey).model_dump(),
        project_title=title,
        organisation=organisation,
        questions=QUESTIONS[survey.respondent],
        answers=await store.current_answers(work.connection, survey_id),
    )


@service.routes.post("/surveys/{survey_id}/answers")
async def answer_survey(survey_id: UUID, answers: Answers, work: InEvaluation) -> SurveySummary:
    """Answer a survey. Other answers replace the ones before until it closes; the same ones change nothing."""
    await work.lock(subject("survey", str(survey_id)))
    survey = await _survey(work, survey_id)
    try:
        step = rules.answer(survey, now=work.now)
    except NotAllowed as refused:
        raise Conflict(str(refused)) from refused
    if answers != await store.current_answers(work.connection, survey_id):
        await store.add_answers(work.connection, survey_id, answers, given_at=work.now)
        await store.move(work.connection, survey_id, step)
    if step.before is State.OPEN:
        work.publish(SurveyAnswered(**survey.ids))
    return SurveySummary.model_validate(await _survey(work, survey_id))


@service.routes.get("/reports/{round_id}.html", response_class=HTMLResponse)
async def read_report_page(round_id: RoundId, work: InEvaluation) -> str:
    """What a round's surveys say so far, as one page with charts and tables."""
    return reports.render(await _report(work, round_id))


@service.routes.get("/reports/{round_id}")
async def read_report(round_id: RoundId, work: InEvaluation) -> Report:
    """What a round's surveys say so far."""
    return await _report(work, round_id)


async def _survey(work: Work, survey_id: UUID) -> Survey:
    survey = await store.survey(work.connection, survey_id)
    if survey is None:
        raise NotFound(f"There is no survey {survey_id}.")
    return survey


async def _report(work: Work, round_id: str) -> Report:
    evaluated = await tallies.evaluated_round(work.connection, round_id)
    if evaluated is None:
        raise NotFound(f"Nothing is known of a round {round_id}.")
    return report(evaluated, await tallies.tallies(work.connection, round_id), now=work.now)
