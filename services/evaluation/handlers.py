"""What evaluation subscribes to, and its timers."""

from services.evaluation import service
from services.evaluation.actions import copies, surveys
from services.evaluation.messages import SurveyCloses, SurveyReminder
from shared.contracts.intake import HostRegistered, ProjectSubmitted, RoundScheduled, StudentRegistered
from shared.contracts.matching import PlacementCompleted
from shared.runtime.work import Work
from shared.web.revocations import subscribe_to_revocations

subscribe_to_revocations(service)


@service.subscriber(RoundScheduled)
async def keep_round(event: RoundScheduled, work: Work) -> None:
    await copies.keep_round(event, work)


@service.subscriber(HostRegistered)
async def keep_host(event: HostRegistered, work: Work) -> None:
    await copies.keep_host(event, work)


@service.subscriber(StudentRegistered)
async def keep_student(event: StudentRegistered, work: Work) -> None:
    await copies.keep_student(event, work)


@service.subscriber(ProjectSubmitted)
async def keep_project(event: ProjectSubmitted, work: Work) -> None:
    await copies.keep_project(event, work)


@service.subscriber(PlacementCompleted)
async def open_surveys(event: PlacementCompleted, work: Work) -> None:
    await surveys.open_surveys(event, work)


@service.subscriber(SurveyReminder)
async def remind(timer: SurveyReminder, work: Work) -> None:
    await surveys.remind_respondent(timer.survey_id, work)


@service.subscriber(SurveyCloses)
async def close_survey(timer: SurveyCloses, work: Work) -> None:
    await surveys.close_survey(timer.survey_id, work)
