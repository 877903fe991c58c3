"""Rounds: set and changed by staff."""

from fastapi import APIRouter, status

from services.intake import rules, store
from services.intake.messages import ApplicationsClose
from services.intake.routes.door import InIntake
from services.intake.rules.rounds import Round
from shared.contracts.fields import RoundId
from shared.contracts.intake import Fault, RoundCalendar, RoundScheduled
from shared.contracts.message import subject
from shared.runtime.work import Work
from shared.web import Conflict, Invalid, NotFound, StaffOnly

routes = APIRouter(tags=["rounds"], dependencies=[StaffOnly])


@routes.post("/rounds", status_code=status.HTTP_201_CREATED)
async def schedule_round(calendar: RoundCalendar, work: InIntake) -> Round:
    """Set a round. Its id is made of its name: `Trinity 2027` is `trinity-2027`."""
    _check(rules.rounds.faults_in_calendar(calendar))
    round_ = Round(**dict(calendar), round_id=rules.rounds.slug(calendar.name))
    await work.lock(subject("round", round_.round_id))
    if await store.rounds.find(work.connection, round_.round_id):
        raise Conflict(f"There is a round {round_.round_id} already: change it with PUT /rounds/{round_.round_id}.")
    await _announce(round_, work)
    return round_


@routes.put("/rounds/{round_id}")
async def change_round(round_id: RoundId, calendar: RoundCalendar, work: InIntake) -> Round:
    """Change a round's dates or limits: its timers move. Applications that have closed stay closed."""
    await work.lock(subject("round", round_id))
    round_ = await _find(round_id, work)
    _check([*rules.rounds.faults_in_calendar(calendar), *rules.rounds.faults_in_change(round_, calendar)])
    if calendar == round_.calendar:
        return round_
    changed = round_.with_calendar(calendar)
    await _announce(changed, work)
    return changed


@routes.get("/rounds")
async def list_rounds(work: InIntake) -> list[Round]:
    """All rounds, by their ids."""
    return await store.rounds.every(work.connection)


@routes.get("/rounds/{round_id}")
async def show_round(round_id: RoundId, work: InIntake) -> Round:
    return await _find(round_id, work)


def _check(faults: list[Fault]) -> None:
    if faults:
        raise Invalid(faults)


async def _find(round_id: str, work: Work) -> Round:
    round_ = await store.rounds.find(work.connection, round_id)
    if round_ is None:
        raise NotFound(f"There is no round {round_id}.")
    return round_


async def _announce(round_: Round, work: Work) -> None:
    await store.rounds.keep(work.connection, round_, at=work.now)
    work.publish(RoundScheduled(round_id=round_.round_id, round_version=round_.round_version, **dict(round_.calendar)))
    if round_.applications_closed_at is None:
        work.publish(ApplicationsClose(round_id=round_.round_id, closes_at=round_.closes_at), at=round_.closes_at)
