"""Surveys are opened when a placement is completed; they are answered, or reminded of; and they are closed."""

from dataclasses import replace
from uuid import UUID

from services.evaluation.messages import SurveyCloses, SurveyReminder
from services.evaluation.rules import surveys as rules
from services.evaluation.rules.questions import Answers
from services.evaluation.rules.surveys import State, Survey
from services.evaluation.store import surveys as store
from shared.contracts.evaluation import SurveyAnswered, SurveyClosed, SurveyOpened, SurveyUnanswered
from shared.contracts.matching import PlacementCompleted
from shared.contracts.message import subject
from shared.refusals import NotFound
from shared.runtime.work import Work


async def open_surveys(event: PlacementCompleted, work: Work) -> None:
    """Open a survey for each side of a completed placement."""
    await store.add_placement(work.connection, event)
    for survey in rules.open_surveys(event, now=work.now):
        if await store.add_survey(work.connection, survey):
            work.publish(SurveyOpened(**survey.ids, closes_at=survey.closes_at))
            work.publish(SurveyReminder(survey_id=survey.survey_id), at=rules.reminder_at(survey))
            work.publish(SurveyCloses(survey_id=survey.survey_id), at=survey.closes_at)


async def find_survey(survey_id: UUID, work: Work) -> Survey:
    """A survey; raises `NotFound`."""
    survey = await store.survey(work.connection, survey_id)
    if survey is None:
        raise NotFound(f"There is no survey {survey_id}.")
    return survey


async def answer_survey(survey_id: UUID, answers: Answers, work: Work) -> Survey:
    """Take the answers to a survey, in place of earlier ones; the same answers again change nothing.

    Raises `NotFound`, or `NotAllowed` once the survey is closed.
    """
    await work.lock(subject("survey", str(survey_id)))
    survey = await find_survey(survey_id, work)
    step = rules.answer(survey, now=work.now)
    if answers != await store.current_answers(work.connection, survey_id):
        await store.add_answers(work.connection, survey_id, answers, given_at=work.now)
        await store.move(work.connection, survey_id, step)
    if step.before is State.OPEN:
        work.publish(SurveyAnswered(**survey.ids))
    return replace(survey, state=step.after)


async def remind_respondent(survey_id: UUID, work: Work) -> None:
    """Publish that a survey is still unanswered, so that its respondent is reminded."""
    survey = await store.survey(work.connection, survey_id)
    if survey and survey.state is State.OPEN:
        work.publish(SurveyUnanswered(**survey.ids, closes_at=survey.closes_at))


async def close_survey(survey_id: UUID, work: Work) -> None:
    """Close a survey, answered or not."""
    survey = await store.survey(work.connection, survey_id)
    if survey and survey.state is not State.CLOSED:
        await store.move(work.connection, survey_id, rules.CLOSE.step(survey.state, at=work.now))
        work.publish(SurveyClosed(**survey.ids, answered=survey.state is State.ANSWERED))
