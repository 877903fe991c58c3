"""What notifications hears, and whom it then tells."""

from services.notifications import service
from services.notifications.messages import MoreFailures, RankingReminder
from services.notifications.revoking import revoke
from services.notifications.rules import applications, placements, projects, rankings, refusals
from services.notifications.rules.people import CHANGED_ADDRESS
from services.notifications.store import copies, failures, known
from services.notifications.telling import application_of, hear, project_of, tell
from shared.contracts.evaluation import SurveyOpened, SurveyUnanswered
from shared.contracts.every_service import MessageFailed, QueueStuck
from shared.contracts.intake import (
    ApplicationReceived,
    ApplicationsClosed,
    ApplicationWithdrawn,
    HostRegistered,
    ProjectSubmitted,
    ProjectWithdrawn,
    RoundScheduled,
    StudentRegistered,
    SubmissionRefused,
)
from shared.contracts.matching import (
    ApplicationUnsuccessful,
    ApplicationWaitlisted,
    OfferDeclined,
    OfferMade,
    PlacementCancelled,
    PlacementConfirmed,
    PlacesLeft,
    RankingReceived,
)
from shared.contracts.rounds import second_round
from shared.contracts.screening import ProjectApproved, ProjectDeclined, ProjectReturned, ReviewOverdue
from shared.runtime import NotYet, Work


@service.on(RoundScheduled)
async def keep_round(event: RoundScheduled, work: Work) -> None:
    await copies.keep_round(work.connection, event)
    reminder = RankingReminder(round_id=event.round_id, rankings_due_at=event.rankings_due_at)
    work.publish(reminder, at=rankings.remind_at(event.rankings_due_at))


@service.on(HostRegistered)
async def keep_host(event: HostRegistered, work: Work) -> None:
    if await copies.keep_host(work.connection, event):
        await revoke(work, "host", event.host_id, by=CHANGED_ADDRESS)


@service.on(StudentRegistered)
async def keep_student(event: StudentRegistered, work: Work) -> None:
    if await copies.keep_student(work.connection, event):
        await revoke(work, "student", event.student_id, by=CHANGED_ADDRESS)


@service.on(RankingReceived)
async def keep_ranking(event: RankingReceived, work: Work) -> None:
    await copies.keep_ranking(work.connection, event)


@service.on(ProjectReturned)
async def tell_of_return(event: ProjectReturned, work: Work) -> None:
    await tell(work, projects.returned(event, await project_of(event, work), now=work.now))


@service.on(PlacesLeft)
async def tell_of_places_left(event: PlacesLeft, work: Work) -> None:
    await copies.keep_places_left(work.connection, event)
    second = await known.round_(work.connection, second_round(event.round_id))
    left = [project.project_id for project in event.projects]
    projects = await known.projects_in(work.connection, second_round(event.round_id), left)
    if second is None or len(projects) < len(left):
        raise NotYet("the second round, or one of the projects, is still on its way")
    await tell(work, rankings.left(second, projects))


@service.on(ApplicationsClosed)
async def ask_for_rankings(event: ApplicationsClosed, work: Work) -> None:
    if await known.count_applications(work.connection, event.round_id) < event.applications_received:
        raise NotYet("some of the round's applications are still on their way")
    await copies.close_round(work.connection, event)
    round_ = await known.round_(work.connection, event.round_id)
    if round_ is None:
        raise NotYet("the round is still on its way")
    await tell(work, rankings.due(round_, await known.applicants(work.connection, event.round_id)))


@service.on(RankingReminder)
async def remind_of_rankings(timer: RankingReminder, work: Work) -> None:
    round_ = await known.round_(work.connection, timer.round_id)
    if round_ and rankings.reminder_matters(round_, timer.rankings_due_at):
        await known.remember_reminder(work.connection, round_)
        await tell(work, rankings.remind(round_, await known.applicants(work.connection, timer.round_id)))


@service.on(SubmissionRefused)
async def tell_of_refusal(event: SubmissionRefused, work: Work) -> None:
    concerned = await known.concerned(work.connection, event)
    if refusals.is_incomplete(event, concerned):
        raise NotYet("the host or the student is still on its way")
    await tell(work, refusals.refused(event, concerned, now=work.now))


@service.on(MessageFailed)
async def tell_of_failure(event: MessageFailed, work: Work) -> None:
    mails = refusals.failed(event)
    if mails and not await failures.add(work.connection, event.service, event.error):
        await tell(work, mails)
        work.publish(MoreFailures(service_id=event.service, error=event.error), at=work.now + refusals.TOLD_TOGETHER)


@service.on(QueueStuck)
async def tell_of_stuck_queue(event: QueueStuck, work: Work) -> None:
    await tell(work, refusals.stuck(event))


@service.on(MoreFailures)
async def tell_of_more_failures(timer: MoreFailures, work: Work) -> None:
    more = await failures.end(work.connection, timer.service_id, timer.error)
    await tell(work, refusals.more_failed(timer, more))


hear(ProjectSubmitted, project_of, projects.received, copies.keep_project)
hear(ProjectApproved, project_of, projects.approved, copies.approve_project)
hear(ProjectDeclined, project_of, projects.declined)
hear(ProjectWithdrawn, project_of, projects.withdrawn, copies.withdraw_project)
hear(ReviewOverdue, project_of, projects.review_overdue)

hear(ApplicationReceived, application_of, applications.received, copies.keep_application)
hear(ApplicationWithdrawn, application_of, applications.withdrawn, copies.withdraw_application)
hear(OfferMade, application_of, applications.offered)
hear(OfferDeclined, application_of, applications.offer_declined)
hear(ApplicationWaitlisted, application_of, applications.waitlisted)
hear(ApplicationUnsuccessful, application_of, applications.unsuccessful)
hear(PlacementConfirmed, application_of, placements.confirmed, copies.place_application)
hear(PlacementCancelled, application_of, placements.cancelled)
hear(SurveyOpened, application_of, placements.survey_opened)
hear(SurveyUnanswered, application_of, placements.survey_unanswered)
