"""Rounds: set and changed by staff."""

from fastapi import APIRouter, status

from services.intake import store
from services.intake.actions import rounds
from services.intake.actions.lookups import find_round
from services.intake.dependencies import WorkIs
from services.intake.rules.rounds import Round
from shared.contracts.fields import RoundId
from shared.contracts.intake import RoundCalendar
from shared.web import StaffOnly

routes = APIRouter(tags=["rounds"], dependencies=[StaffOnly])


@routes.post("/rounds", status_code=status.HTTP_201_CREATED)
async def schedule_round(calendar: RoundCalendar, work: WorkIs) -> Round:
    """Set a round; the same one again changes nothing. Its id is made of its name: `Trinity 2027` is `trinity-2027`.

    A second round `follows` a first: it repeats that one's weeks and its times of proposals, and is `trinity-2027.2`.
    """
    return await rounds.schedule_round(calendar, work)


@routes.put("/rounds/{round_id}")
async def change_round(round_id: RoundId, calendar: RoundCalendar, work: WorkIs) -> Round:
    """Change a round's dates or limits, and with them its timers. Applications that have closed stay closed.

    What a second round has from its first changes with it.
    """
    return await rounds.change_round(round_id, calendar, work)


@routes.get("/rounds")
async def list_rounds(work: WorkIs) -> list[Round]:
    """All rounds, by their ids."""
    return await store.rounds.every(work.connection)


@routes.get("/rounds/{round_id}")
async def show_round(round_id: RoundId, work: WorkIs) -> Round:
    return await find_round(round_id, work)
