"""Placements, and their cancellation."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from services.matching import store
from services.matching.actions import placements
from services.matching.actions.applications import find_placement
from services.matching.api.applications import OfApplication
from services.matching.dependencies import WorkIs
from services.matching.rules.attendance import Presence, did_not_come
from services.matching.rules.life import PLACED, Application, Canceller, State
from services.matching.rules.reasons import LONGEST_REASON
from shared.contracts.fields import ApplicationId, FirstDay, LastDay, Moment, RoundId
from shared.web import StaffOnly

routes = APIRouter(tags=["placements"], dependencies=[StaffOnly])


class PlacementState(StrEnum):
    """The state of a placement."""

    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class DayRecorded(BaseModel):
    """Whether the student was there on a day."""

    day: Annotated[date, Field(examples=["2027-06-21"])]
    presence: Presence


class Placement(OfApplication):
    """A place that was accepted."""

    state: PlacementState
    starts_on: FirstDay
    ends_on: LastDay
    confirmed_at: Moment
    attendance: Annotated[list[DayRecorded], Field(description="What the host has recorded so far, day by day.")]
    did_not_come: Annotated[bool, Field(description="Recorded as absent on some day, and as present on none.")]


class Cancellation(BaseModel):
    """Who cancels a placement, and why."""

    model_config = ConfigDict(extra="forbid")

    by: Canceller
    reason: Annotated[
        str, Field(max_length=LONGEST_REASON, pattern=r"^[^\x00]*$", description="In words, for the other side.")
    ] = ""


@routes.get("/placements")
async def list_placements(
    work: WorkIs, round_id: RoundId | None = None, state: PlacementState | None = None
) -> list[Placement]:
    """The placements, in the order in which their places were offered: of a round, in a state, or all."""
    states = PLACED if state is None else [State(state)]
    placed = await store.applications.with_offer(work.connection, round_id, states)
    recorded = await store.attendance.of(work.connection, [each.application_id for each in placed])
    return [_placement(each, recorded.get(each.application_id, {})) for each in placed]


@routes.get("/placements/{application_id}")
async def read_placement(application_id: ApplicationId, work: WorkIs) -> Placement:
    """The placement of an application."""
    placement = await find_placement(application_id, work)
    recorded = await store.attendance.of(work.connection, [application_id])
    return _placement(placement, recorded.get(application_id, {}))


@routes.post("/placements/{application_id}/cancellation")
async def cancel_placement(application_id: ApplicationId, given: Cancellation, work: WorkIs) -> Placement:
    """Cancel a placement; its place is offered on. One that is cancelled already stays as it is."""
    await find_placement(application_id, work)  # so that an offer which nobody accepted is answered with 404
    await placements.cancel_placement(application_id, given.by, given.reason, work)
    return await read_placement(application_id, work)


def _placement(application: Application, recorded: store.attendance.Recorded) -> Placement:
    assert application.confirmed_at  # noqa: S101 - only applications with a placement are read here
    assert application.days  # noqa: S101 - as before
    return Placement(
        **OfApplication.model_validate(application).model_dump(),
        state=PlacementState(application.state),
        starts_on=application.days.starts_on,
        ends_on=application.days.ends_on,
        confirmed_at=application.confirmed_at,
        attendance=[DayRecorded(day=day, presence=presence) for day, presence in sorted(recorded.items())],
        did_not_come=did_not_come(recorded),
    )
