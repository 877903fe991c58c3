"""Applications close, once all that was sent in time is there and decided."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final

from services.intake import store
from services.intake.messages import ApplicationsClose
from shared.clock import system_time
from shared.contracts.intake import ApplicationsClosed
from shared.identifiers import new_id
from shared.runtime.service import NotYet
from shared.runtime.work import UnitsOfWork, Work

WAITED_FOR: Final = timedelta(minutes=2)
"""How long applications do not close over a form that has begun to be sent."""


async def close_applications(timer: ApplicationsClose, work: Work) -> None:
    # Waits for every application that is being judged, so that each is counted, refused, or still to be decided.
    round_ = await store.rounds.hold_alone(work.connection, timer.round_id)
    if round_ is None or not round_.closes_now(timer.closes_at):
        return
    if await store.arriving.any_since_before(work.connection, timer.closes_at, now=system_time()):
        raise NotYet("forms that began to be sent in time are still arriving")
    if await store.applications.any_in_check(work.connection, timer.round_id):
        # Whoever decides one of them sends this timer again.
        await store.rounds.close_when_decided(work.connection, timer.round_id, timer.closes_at)
        return
    await store.rounds.close_applications(work.connection, timer.round_id, at=work.now)
    received = await store.applications.received(work.connection, timer.round_id)
    work.publish(ApplicationsClosed(round_id=timer.round_id, applications_received=received, closed_at=work.now))


@asynccontextmanager
async def form_arriving(units: UnitsOfWork) -> AsyncIterator[datetime]:
    """A form is on its way while the block lasts: when it began to be sent, since what was in time then is."""
    form_id, began_at = new_id(), units.clock()
    async with units.read() as connection:
        await store.arriving.add(connection, form_id, began_at=began_at, waited_for_until=system_time() + WAITED_FOR)
    try:
        yield began_at
    finally:
        async with units.read() as connection:
            await store.arriving.remove(connection, form_id)
