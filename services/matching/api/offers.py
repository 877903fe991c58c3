"""Offers, and students' replies to them."""

from enum import StrEnum
from typing import Annotated, Final

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from services.matching import store
from services.matching.actions import offers
from services.matching.actions.applications import find_offered
from services.matching.api.applications import OfApplication
from services.matching.dependencies import WorkIs
from services.matching.rules.endings import Reply
from services.matching.rules.life import PLACED, Application, State
from shared.contracts.fields import ApplicationId, Moment, RoundId
from shared.contracts.matching import Actor
from shared.web import StaffOnly

routes = APIRouter(tags=["offers"], dependencies=[StaffOnly])


class OfferState(StrEnum):
    """The state of an offer; one that nobody replied to in time is declined by default."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class Offer(OfApplication):
    """A place that was offered."""

    state: OfferState
    declined_by: Annotated[Actor | None, Field(description="Who declined it; `default`: nobody replied in time.")]
    first: Annotated[bool, Field(description="Whether the match made it; if not, it was made afterwards.")]
    made_at: Moment
    reply_by: Moment


class ReplyGiven(BaseModel):
    """A student's reply to an offer."""

    model_config = ConfigDict(extra="forbid")

    reply: Reply


DECLINED_BY: Final[dict[State, Actor]] = {
    State.DECLINED: "student",
    State.WITHDRAWN: "student",
    State.RETRACTED: "host",
    State.EXPIRED: "default",
}
OFFER_STATES: Final = {
    State.OFFERED: OfferState.OPEN,
    **dict.fromkeys(PLACED, OfferState.ACCEPTED),
    **dict.fromkeys(DECLINED_BY, OfferState.DECLINED),
}


@routes.get("/offers")
async def list_offers(work: WorkIs, round_id: RoundId | None = None, state: OfferState | None = None) -> list[Offer]:
    """The offers, the oldest first: of a round, in a state, or all."""
    states = [of_application for of_application, of_offer in OFFER_STATES.items() if state in (None, of_offer)]
    return [_offer(offered) for offered in await store.applications.with_offer(work.connection, round_id, states)]


@routes.get("/offers/{application_id}")
async def read_offer(application_id: ApplicationId, work: WorkIs) -> Offer:
    """The offer that was made for an application."""
    return _offer(await find_offered(application_id, work))


@routes.post("/offers/{application_id}/reply")
async def reply_to_offer(application_id: ApplicationId, given: ReplyGiven, work: WorkIs) -> Offer:
    """Accept or decline an offer. The same reply again changes nothing; a different one is refused."""
    await offers.reply_to_offer(application_id, given.reply, work)
    return await read_offer(application_id, work)


def _offer(application: Application) -> Offer:
    assert application.offer  # noqa: S101 - only applications with an offer are read here
    return Offer(
        **OfApplication.model_validate(application).model_dump(),
        state=OFFER_STATES[application.state],
        declined_by=DECLINED_BY.get(application.state),
        first=application.offer.first,
        made_at=application.offer.made_at,
        reply_by=application.offer.reply_by,
    )
