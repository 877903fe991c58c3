"""Tell student and host about an application, from its receipt to its end without a placement."""

from services.notifications import store
from services.notifications.actions.mails import send_after_commit
from services.notifications.rules import applications as rules
from services.notifications.rules.known import Application
from shared.contracts.intake import ApplicationReceived, ApplicationWithdrawn
from shared.contracts.matching import ApplicationUnsuccessful, ApplicationWaitlisted, OfferDeclined, OfferMade
from shared.runtime import NotYet, Work


async def notify_of_receipt(event: ApplicationReceived, work: Work) -> None:
    await store.copies.keep_application(work.connection, event)
    await send_after_commit(rules.received(event, await application(event.application_id, work)), work)


async def notify_of_withdrawal(event: ApplicationWithdrawn, work: Work) -> None:
    await store.copies.withdraw_application(work.connection, event)
    await send_after_commit(rules.withdrawn(event, await application(event.application_id, work)), work)


async def notify_of_offer(event: OfferMade, work: Work) -> None:
    await send_after_commit(rules.offered(event, await application(event.application_id, work)), work)


async def notify_of_declined_offer(event: OfferDeclined, work: Work) -> None:
    await send_after_commit(rules.offer_declined(event, await application(event.application_id, work)), work)


async def notify_of_waiting_list(event: ApplicationWaitlisted, work: Work) -> None:
    await send_after_commit(rules.waitlisted(event, await application(event.application_id, work)), work)


async def notify_of_end_without_place(event: ApplicationUnsuccessful, work: Work) -> None:
    await send_after_commit(rules.unsuccessful(event, await application(event.application_id, work)), work)


async def application(application_id: str, work: Work) -> Application:
    """The application with its student and its project; raises `NotYet` until all three have arrived."""
    known = await store.known.application(work.connection, application_id)
    if known is None:
        raise NotYet("the application, its student or its project is still on its way")
    return known
