"""What intake does alone: it has CVs read, and decides the applications that wait for it."""

from services.intake import service, store
from services.intake.applying import decide, subjects
from services.intake.documents import document_store
from services.intake.messages import CheckCV
from shared.runtime import UnitsOfWork


@service.effect(CheckCV)
async def check_cv(effect: CheckCV, units: UnitsOfWork) -> None:
    async with units.read() as connection:
        application = await store.applications.in_check(connection, effect.application_id)
        cv = await store.documents.find(connection, application.cv) if application else None
    if application is None or cv is None:
        return
    await document_store().read(cv, units)
    async with units.open() as work:
        await work.lock(
            *subjects(application.application_id, application.student_id, application.project_id, str(cv.document_id))
        )
        await decide(application, work)
