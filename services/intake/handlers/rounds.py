"""The close of applications."""

from services.intake import service, store
from services.intake.messages import ApplicationsClose
from shared.contracts.intake import ApplicationsClosed
from shared.runtime.work import Work


@service.on(ApplicationsClose)
async def close_applications(timer: ApplicationsClose, work: Work) -> None:
    round_ = await store.rounds.find(work.connection, timer.round_id)
    if round_ is None or not round_.closes_now(timer.closes_at):
        return
    # Waits for every application that is being judged, so that each is either counted or refused.
    await store.rounds.close_applications(work.connection, timer.round_id, at=work.now)
    received = await store.applications.received(work.connection, timer.round_id)
    work.publish(ApplicationsClosed(round_id=timer.round_id, applications_received=received, closed_at=work.now))
