"""Applications are received and withdrawn; the other actions find them here."""

from services.matching import store
from services.matching.actions.changes import carry_out
from services.matching.rules import endings
from services.matching.rules.life import Application
from services.matching.rules.rounds import places_lock
from shared.contracts.intake import ApplicationReceived, ApplicationWithdrawn
from shared.contracts.rounds import first_round, is_second_round
from shared.refusals import NotFound
from shared.runtime.work import Work


async def receive_application(event: ApplicationReceived, work: Work) -> None:
    """Begin an application. It ends at once if it was withdrawn, or its student was placed, before it arrived."""
    withdrawn, project_withdrawn = await store.applications.withdrawn_before(
        work.connection, event.application_id, event.project_id
    )
    placed = is_second_round(event.round_id) and await store.applications.is_placed(
        work.connection, event.student_id, first_round(event.round_id)
    )
    changes = endings.receive(
        event, withdrawn=withdrawn, project_withdrawn=project_withdrawn, placed=placed, now=work.now
    )
    if await store.applications.add(work.connection, changes[0].application):
        await carry_out(changes, work)


async def withdraw_application(event: ApplicationWithdrawn, work: Work) -> None:
    """End an application with its offer or placement. If it has not arrived yet, it ends when it arrives."""
    await store.applications.keep_withdrawal(work.connection, event.application_id, work.now)
    application = await store.applications.find(work.connection, event.application_id)
    if application:
        await carry_out(endings.withdraw(application, event.reason, now=work.now), work)


async def find_offered(application_id: str, work: Work) -> Application:
    """An application for which a place was offered; raises `NotFound`."""
    application = await _find(application_id, work)
    if application.offer is None:
        raise NotFound(f"No place was offered for {application_id}.")
    return application


async def find_offered_to_change(application_id: str, work: Work) -> Application:
    """As `find_offered`, with the places of its round locked: nobody else can change who has one of them."""
    await work.lock(places_lock((await _find(application_id, work)).round_id))
    return await find_offered(application_id, work)


async def find_placement(application_id: str, work: Work) -> Application:
    """An application that led to a placement, even if that was cancelled since; raises `NotFound`."""
    application = await _find(application_id, work)
    if application.confirmed_at is None or application.days is None:
        raise NotFound(f"There is no placement for {application_id}.")
    return application


async def _find(application_id: str, work: Work) -> Application:
    application = await store.applications.find(work.connection, application_id)
    if application is None:
        raise NotFound(f"No application {application_id} was received.")
    return application
