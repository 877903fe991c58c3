"""Tell both sides that a placement is confirmed or cancelled, and ask them to evaluate it."""

from services.notifications import store
from services.notifications.actions.applications import application
from services.notifications.actions.mails import send_after_commit
from services.notifications.rules import placements as rules
from shared.contracts.evaluation import SurveyOpened, SurveyUnanswered
from shared.contracts.matching import PlacementCancelled, PlacementConfirmed
from shared.runtime import Work


async def notify_of_confirmation(event: PlacementConfirmed, work: Work) -> None:
    await store.copies.place_application(work.connection, event)
    await send_after_commit(rules.confirmed(event, await application(event.application_id, work)), work)


async def notify_of_cancellation(event: PlacementCancelled, work: Work) -> None:
    await send_after_commit(rules.cancelled(event, await application(event.application_id, work)), work)


async def ask_for_answers(event: SurveyOpened, work: Work) -> None:
    await send_after_commit(rules.survey_opened(event, await application(event.application_id, work)), work)


async def remind_of_survey(event: SurveyUnanswered, work: Work) -> None:
    await send_after_commit(rules.survey_unanswered(event, await application(event.application_id, work)), work)
