"""Placements are cancelled, or completed once their last day is over."""

from services.matching import store
from services.matching.actions.applications import find_offered_to_change
from services.matching.actions.changes import carry_out
from services.matching.messages import PlacementEnds
from services.matching.rules import endings
from services.matching.rules.life import Canceller
from shared.runtime.work import Work


async def cancel_placement(application_id: str, by: Canceller, reason: str, work: Work) -> None:
    """Cancel a placement; its place is offered on. One that is cancelled already stays as it is.

    Raises `NotAllowed` if there is no placement, or it can no longer be cancelled.
    """
    placement = await find_offered_to_change(application_id, work)
    await carry_out(endings.cancel(placement, by, reason, now=work.now), work)


async def complete_placement(timer: PlacementEnds, work: Work) -> None:
    """Complete a placement that nobody cancelled."""
    application = await store.applications.find(work.connection, timer.application_id)
    if application:
        await carry_out(endings.complete(application, now=work.now), work)
