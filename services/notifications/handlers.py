"""The handlers of notifications, for events, its own timers and its effects. Each calls one action."""

from services.notifications import service
from services.notifications.actions import (
    applications,
    failures,
    links,
    mails,
    people,
    placements,
    projects,
    rankings,
    refusals,
)
from services.notifications.messages import LinkRequested, MoreFailures, RankingReminder, SendEmail
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
from shared.contracts.screening import ProjectApproved, ProjectDeclined, ProjectReturned, ReviewOverdue
from shared.runtime import UnitsOfWork, Work


@service.subscriber(RoundScheduled)
async def keep_round(event: RoundScheduled, work: Work) -> None:
    await rankings.keep_round(event, work)


@service.subscriber(HostRegistered)
async def keep_host(event: HostRegistered, work: Work) -> None:
    await people.keep_host(event, work)


@service.subscriber(StudentRegistered)
async def keep_student(event: StudentRegistered, work: Work) -> None:
    await people.keep_student(event, work)


@service.subscriber(ProjectSubmitted)
async def notify_of_submitted_project(event: ProjectSubmitted, work: Work) -> None:
    await projects.notify_of_submission(event, work)


@service.subscriber(ProjectApproved)
async def notify_of_approved_project(event: ProjectApproved, work: Work) -> None:
    await projects.notify_of_approval(event, work)


@service.subscriber(ProjectReturned)
async def notify_of_returned_project(event: ProjectReturned, work: Work) -> None:
    await projects.notify_of_return(event, work)


@service.subscriber(ProjectDeclined)
async def notify_of_declined_project(event: ProjectDeclined, work: Work) -> None:
    await projects.notify_of_decline(event, work)


@service.subscriber(ProjectWithdrawn)
async def notify_of_withdrawn_project(event: ProjectWithdrawn, work: Work) -> None:
    await projects.notify_of_withdrawal(event, work)


@service.subscriber(ReviewOverdue)
async def notify_of_overdue_review(event: ReviewOverdue, work: Work) -> None:
    await projects.notify_of_overdue_review(event, work)


@service.subscriber(ApplicationReceived)
async def notify_of_received_application(event: ApplicationReceived, work: Work) -> None:
    await applications.notify_of_receipt(event, work)


@service.subscriber(ApplicationWithdrawn)
async def notify_of_withdrawn_application(event: ApplicationWithdrawn, work: Work) -> None:
    await applications.notify_of_withdrawal(event, work)


@service.subscriber(ApplicationsClosed)
async def ask_for_rankings(event: ApplicationsClosed, work: Work) -> None:
    await rankings.ask_for_rankings(event, work)


@service.subscriber(RankingReminder)
async def remind_of_rankings(timer: RankingReminder, work: Work) -> None:
    await rankings.remind_of_rankings(timer, work)


@service.subscriber(RankingReceived)
async def keep_ranking(event: RankingReceived, work: Work) -> None:
    await rankings.keep_ranking(event, work)


@service.subscriber(OfferMade)
async def notify_of_offer(event: OfferMade, work: Work) -> None:
    await applications.notify_of_offer(event, work)


@service.subscriber(OfferDeclined)
async def notify_of_declined_offer(event: OfferDeclined, work: Work) -> None:
    await applications.notify_of_declined_offer(event, work)


@service.subscriber(ApplicationWaitlisted)
async def notify_of_waiting_list(event: ApplicationWaitlisted, work: Work) -> None:
    await applications.notify_of_waiting_list(event, work)


@service.subscriber(ApplicationUnsuccessful)
async def notify_of_unsuccessful_application(event: ApplicationUnsuccessful, work: Work) -> None:
    await applications.notify_of_end_without_place(event, work)


@service.subscriber(PlacesLeft)
async def notify_of_places_left(event: PlacesLeft, work: Work) -> None:
    await rankings.notify_of_places_left(event, work)


@service.subscriber(PlacementConfirmed)
async def notify_of_confirmed_placement(event: PlacementConfirmed, work: Work) -> None:
    await placements.notify_of_confirmation(event, work)


@service.subscriber(PlacementCancelled)
async def notify_of_cancelled_placement(event: PlacementCancelled, work: Work) -> None:
    await placements.notify_of_cancellation(event, work)


@service.subscriber(SurveyOpened)
async def ask_for_answers(event: SurveyOpened, work: Work) -> None:
    await placements.ask_for_answers(event, work)


@service.subscriber(SurveyUnanswered)
async def remind_of_survey(event: SurveyUnanswered, work: Work) -> None:
    await placements.remind_of_survey(event, work)


@service.subscriber(SubmissionRefused)
async def notify_of_refusal(event: SubmissionRefused, work: Work) -> None:
    await refusals.notify_of_refusal(event, work)


@service.subscriber(MessageFailed)
async def notify_of_failure(event: MessageFailed, work: Work) -> None:
    await failures.notify_of_failure(event, work)


@service.subscriber(MoreFailures)
async def notify_of_more_failures(timer: MoreFailures, work: Work) -> None:
    await failures.notify_of_more_failures(timer, work)


@service.subscriber(QueueStuck)
async def notify_of_stuck_queue(event: QueueStuck, work: Work) -> None:
    await failures.notify_of_stuck_queue(event, work)


@service.effect(SendEmail)
async def send_email(effect: SendEmail, units: UnitsOfWork) -> None:
    await mails.send_due(effect.email_id, units)


@service.effect(LinkRequested)
async def send_links(effect: LinkRequested, units: UnitsOfWork) -> None:
    await links.send_links(effect.email, units)
