"""Placements, and how they are cancelled."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from services.matching import store
from services.matching.allocation import cancel
from services.matching.routes.applications import InMatching, OfApplication, find, find_to_change
from services.matching.rules.attendance import Presence, did_not_come
from services.matching.rules.life import PLACED, Application, Canceller, State
from shared.contracts.fields import ApplicationId, FirstDay, LastDay, Moment, RoundId
from shared.refusals import NotFound
from shared.runtime.work import Work
from shared.web import StaffOnly

routes = APIRouter(tags=["placements"], dependencies=[StaffOnly])


class PlacementState(StrEnum):
    """Where a placement is."""

    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class DayRecorded(BaseModel):
    """How it was on a day."""

    day: Annotated[date, Field(examples=["2027-06-21"])]
    presence: Presence


class Placement(OfApplication):
    """A place that was accepted."""

    state: PlacementState
    starts_on: FirstDay
    ends_on: LastDay
    confirmed_at: Moment
    attendance: Annotated[list[DayRecorded], Field(description="What the host said of its days so far, in order.")]
    did_not_come: Annotated[bool, Field(description="Absent on a day and present on none, as the host has said.")]


class Cancellation(BaseModel):
    """Who cancels a placement, and why."""

    model_config = ConfigDict(extra="forbid")

    by: Canceller
    reason: Annotated[
        str, Field(max_length=2_000, pattern=r"^[^\x00]*$", description="In words, for the other side.")
    ] = ""


@routes.get("/placements")
async def list_placements(
    work: InMatching, round_id: RoundId | None = None, state: PlacementState | None = None
) -> list[Placement]:
    """The placements, by when their places were offered: of a round, in a state, or all."""
    states = PLACED if state is None else [State(state)]
    placed = await store.applications.with_offer(work.connection, round_id, states)
    recorded = await store.attendance.of(work.connection, [each.application_id for each in placed])
    return [_placement(each, recorded.get(each.application_id, {})) for each in placed]


@routes.get("/placements/{application_id}")
async def read_placement(application_id: ApplicationId, work: InMatching) -> Placement:
    """The placement that came of an application."""
    return await _with_attendance(await find(application_id, work), work)


@routes.post("/placements/{application_id}/cancellation")
async def cancel_placement(application_id: ApplicationId, given: Cancellation, work: InMatching) -> Placement:
    """Cancel a placement; its place is offered on. One that is cancelled already stays as it is."""
    application = await find_to_change(application_id, work)
    placement = await _with_attendance(application, work)
    await cancel(work, application, given.by, given.reason)
    return placement.model_copy(update={"state": PlacementState.CANCELLED})


async def _with_attendance(application: Application, work: Work) -> Placement:
    recorded = await store.attendance.of(work.connection, [application.application_id])
    return _placement(application, recorded.get(application.application_id, {}))


def _placement(application: Application, recorded: store.attendance.Recorded) -> Placement:
    if application.confirmed_at is None or application.days is None:
        raise NotFound(f"No placement came of {application.application_id}.")
    return Placement(
        **OfApplication.model_validate(application).model_dump(),
        state=PlacementState(application.state),
        starts_on=application.days.starts_on,
        ends_on=application.days.ends_on,
        confirmed_at=application.confirmed_at,
        attendance=[DayRecorded(day=day, presence=presence) for day, presence in sorted(recorded.items())],
        did_not_come=did_not_come(recorded),
    )
