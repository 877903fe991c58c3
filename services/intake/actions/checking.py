"""Read a CV, and receive or refuse the application that waits for it."""

from services.intake import store
from services.intake.actions.applications import subjects
from services.intake.actions.documents import read_document
from services.intake.actions.submissions import publish_refusal, take_page
from services.intake.messages import ApplicationsClose, CheckCV
from services.intake.rules.applications import Application, ApplicationState
from services.intake.rules.submissions import OUR_PAGES
from shared.contracts.faults import Fault
from shared.contracts.submissions import ApplicationForm
from shared.refusals import Invalid
from shared.runtime.work import UnitsOfWork, Work


async def check_cv(effect: CheckCV, units: UnitsOfWork) -> None:
    """Read the CV of an application and decide it; does nothing if it was decided before."""
    async with units.read() as connection:
        application = await store.applications.in_check(connection, effect.application_id)
        cv = await store.documents.find(connection, application.cv) if application else None
    if application is None or cv is None:
        return
    await read_document(cv, units)
    async with units.open() as work:
        await work.lock(
            *subjects(application.application_id, application.student_id, application.project_id, str(cv.document_id))
        )
        await _decide(application, work)


async def _decide(application: Application, work: Work) -> None:
    closing_at = await store.rounds.lock_for_decision(work.connection, application.round_id)
    form = await store.applications.end_check(work.connection, application.application_id)
    if form is None:
        return
    try:
        await take_page(form, form.application_id, work, sent_at=application.sent_at)
    except Invalid as invalid:
        await _refuse(application, form, invalid.faults, work)
    if closing_at:
        work.publish(ApplicationsClose(round_id=application.round_id, closes_at=closing_at), at=work.now)


async def _refuse(application: Application, form: ApplicationForm, faults: list[Fault], work: Work) -> None:
    """Refuse the application. It is kept, so that its student can read why."""
    as_refused = application.model_copy(update={"state": ApplicationState.REFUSED, "received_at": work.now})
    await store.applications.add(work.connection, as_refused, form.statement, faults)
    ids = {"student_id": form.student_id, "project_id": form.project_id, "application_id": form.application_id}
    publish_refusal(form.application_id, OUR_PAGES, form.noun, faults, ids, work)
