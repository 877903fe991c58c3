"""What evaluation hears."""

from services.evaluation import service
from services.evaluation.messages import SurveyCloses, SurveyReminder
from services.evaluation.rules import surveys as rules
from services.evaluation.rules.surveys import State
from services.evaluation.store import copies
from services.evaluation.store import surveys as store
from shared.contracts.evaluation import SurveyClosed, SurveyOpened, SurveyUnanswered
from shared.contracts.intake import HostRegistered, ProjectSubmitted, RoundScheduled, StudentRegistered
from shared.contracts.matching import PlacementCompleted
from shared.runtime.work import Work
from shared.web.revocations import heed_revocations

heed_revocations(service)


@service.on(RoundScheduled)
async def keep_round(event: RoundScheduled, work: Work) -> None:
    await copies.keep_round(work.connection, event)


@service.on(HostRegistered)
async def keep_host(event: HostRegistered, work: Work) -> None:
    await copies.keep_host(work.connection, event)


@service.on(StudentRegistered)
async def keep_student(event: StudentRegistered, work: Work) -> None:
    await copies.keep_student(work.connection, event)


@service.on(ProjectSubmitted)
async def keep_project(event: ProjectSubmitted, work: Work) -> None:
    await copies.keep_project(work.connection, event)


@service.on(PlacementCompleted)
async def open_surveys(event: PlacementCompleted, work: Work) -> None:
    await store.add_placement(work.connection, event)
    for survey in rules.open_surveys(event, now=work.now):
        if await store.add_survey(work.connection, survey):
            work.publish(SurveyOpened(**survey.ids, closes_at=survey.closes_at))
            work.publish(SurveyReminder(survey_id=survey.survey_id), at=rules.reminder_at(survey))
            work.publish(SurveyCloses(survey_id=survey.survey_id), at=survey.closes_at)


@service.on(SurveyReminder)
async def remind(timer: SurveyReminder, work: Work) -> None:
    survey = await store.survey(work.connection, timer.survey_id)
    if survey and survey.state is State.OPEN:
        work.publish(SurveyUnanswered(**survey.ids, closes_at=survey.closes_at))


@service.on(SurveyCloses)
async def close_survey(timer: SurveyCloses, work: Work) -> None:
    survey = await store.survey(work.connection, timer.survey_id)
    if survey and survey.state is not State.CLOSED:
        await store.move(work.connection, survey.survey_id, rules.CLOSE.step(survey.state, at=work.now))
        work.publish(SurveyClosed(**survey.ids, answered=survey.state is State.ANSWERED))
