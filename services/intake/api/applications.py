"""Applications, as intake received them."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from services.intake import store
from services.intake.actions.lookups import find_application
from services.intake.actions.withdrawals import withdraw_application
from services.intake.api.models import HistoryStep, Withdrawal
from services.intake.dependencies import WorkIs
from services.intake.rules.applications import Application, ApplicationState
from shared.contracts.fields import ApplicationId, RoundId, StudentId
from shared.contracts.message import subject
from shared.web import StaffOnly

routes = APIRouter(tags=["applications"], dependencies=[StaffOnly])


class ApplicationInFull(Application):
    """An application with its statement, and what happened to it."""

    statement: str
    history: Annotated[list[HistoryStep], Field(description="The first step first.")]


@routes.get("/applications")
async def list_applications(
    work: WorkIs,
    round_id: RoundId | None = None,
    student_id: StudentId | None = None,
    state: ApplicationState | None = None,
) -> list[Application]:
    """Applications; of a round, of a student and in a state, where these are given."""
    return await store.applications.listed(work.connection, round_id=round_id, student_id=student_id, state=state)


@routes.get("/applications/{application_id}")
async def show_application(application_id: ApplicationId, work: WorkIs) -> ApplicationInFull:
    """An application with its statement, and what happened to it."""
    application = await find_application(application_id, work)
    history = await store.history.of(work.connection, subject("application", application_id))
    return ApplicationInFull(
        **dict(application),
        statement=await store.applications.statement(work.connection, application_id),
        history=[HistoryStep(**step) for step in history],
    )


@routes.post("/applications/{application_id}/withdrawal")
async def post_application_withdrawal(
    application_id: ApplicationId, withdrawal: Withdrawal, work: WorkIs
) -> Application:
    """Withdraw an application for its student, and with it its offer or placement.

    A second request changes nothing.
    """
    return await withdraw_application(application_id, withdrawal.reason, work)
