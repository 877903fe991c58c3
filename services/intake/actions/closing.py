"""Close applications, once everything that was sent in time has arrived and is decided."""

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

UPLOAD_TIMEOUT: Final = timedelta(minutes=2)
"""How long applications are kept open for a form whose upload has begun, by the system's time."""


async def close_applications(timer: ApplicationsClose, work: Work) -> None:
    # The lock waits for every application that is being checked: then each is received, refused or still in check.
    round_ = await store.rounds.lock_exclusively(work.connection, timer.round_id)
    if round_ is None or not round_.closes_now(timer.closes_at):
        return
    if await store.arriving.any_since_before(work.connection, timer.closes_at, now=system_time()):
        raise NotYet("forms whose upload began in time are still arriving")
    if await store.applications.any_in_check(work.connection, timer.round_id):
        # The action that decides one of them sends this timer again.
        await store.rounds.close_when_decided(work.connection, timer.round_id, timer.closes_at)
        return
    await store.rounds.close_applications(work.connection, timer.round_id, at=work.now)
    received = await store.applications.received(work.connection, timer.round_id)
    work.publish(ApplicationsClosed(round_id=timer.round_id, applications_received=received, closed_at=work.now))


@asynccontextmanager
async def form_arriving(units: UnitsOfWork) -> AsyncIterator[datetime]:
    """Register a form as arriving while the block lasts; yields the moment at which its upload began.

    A form is in time if its upload began in time, however long the upload takes.
    """
    form_id, began_at = new_id(), units.clock()
    async with units.read() as connection:
        await store.arriving.add(
            connection, form_id, began_at=began_at, waited_for_until=system_time() + UPLOAD_TIMEOUT
        )
    try:
        yield began_at
    finally:
        async with units.read() as connection:
            await store.arriving.remove(connection, form_id)
