"""Applications, as they passed the door."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from services.intake import store
from services.intake.routes.door import HistoryStep, InIntake, Withdrawal
from services.intake.rules.applications import Application, ApplicationState
from services.intake.withdrawals import withdraw_application
from shared.contracts.fields import ApplicationId, RoundId, StudentId
from shared.contracts.message import subject
from shared.refusals import NotAllowed, NotFound
from shared.runtime.work import Work
from shared.web import StaffOnly

routes = APIRouter(tags=["applications"], dependencies=[StaffOnly])


class ApplicationInFull(Application):
    """An application with its statement, and what happened to it."""

    statement: str
    history: Annotated[list[HistoryStep], Field(description="The first step first.")]


@routes.get("/applications")
async def list_applications(
    work: InIntake,
    round_id: RoundId | None = None,
    student_id: StudentId | None = None,
    state: ApplicationState | None = None,
) -> list[Application]:
    """The applications of a round, of a student, in a state."""
    return await store.applications.listed(work.connection, round_id=round_id, student_id=student_id, state=state)


@routes.get("/applications/{application_id}")
async def show_application(application_id: ApplicationId, work: InIntake) -> ApplicationInFull:
    """An application with its statement, and what happened to it."""
    application = await _find(application_id, work)
    history = await store.history.of(work.connection, subject("application", application_id))
    return ApplicationInFull(
        **dict(application),
        statement=await store.applications.statement(work.connection, application_id),
        history=[HistoryStep(**step) for step in history],
    )


@routes.post("/applications/{application_id}/withdrawal")
async def post_application_withdrawal(
    application_id: ApplicationId, withdrawal: Withdrawal, work: InIntake
) -> Application:
    """Take an application back for its student, and with it its offer or placement.

    A second time it changes nothing.
    """
    await work.lock(subject("application", application_id))
    application = await _find(application_id, work)
    if application.state is ApplicationState.CHECKING:
        raise NotAllowed("Its CV is being checked: take it back once it is received.")
    return await withdraw_application(application, withdrawal.reason, work)


async def _find(application_id: str, work: Work) -> Application:
    application = await store.applications.find(work.connection, application_id)
    if application is None:
        raise NotFound(f"No application {application_id} has passed the door.")
    return application
