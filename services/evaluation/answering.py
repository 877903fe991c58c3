"""Answers come in, from a page or as JSON."""

from services.evaluation.rules import surveys as rules
from services.evaluation.rules.questions import Answers
from services.evaluation.rules.surveys import State, Survey
from services.evaluation.store import surveys as store
from shared.contracts.evaluation import SurveyAnswered
from shared.runtime.work import Work


async def take_answers(survey: Survey, answers: Answers, work: Work) -> None:
    """Keep the answers to a survey that is locked; the same ones again change nothing.

    Raises `NotAllowed` once the survey is closed.
    """
    step = rules.answer(survey, now=work.now)
    if answers != await store.current_answers(work.connection, survey.survey_id):
        await store.add_answers(work.connection, survey.survey_id, answers, given_at=work.now)
        await store.move(work.connection, survey.survey_id, step)
    if step.before is State.OPEN:
        work.publish(SurveyAnswered(**survey.ids))
