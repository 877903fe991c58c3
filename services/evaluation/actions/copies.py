"""Facts of other services are kept: those by which reports group the answers."""

from services.evaluation.store import copies as store
from shared.contracts.intake import HostRegistered, ProjectSubmitted, RoundScheduled, StudentRegistered
from shared.runtime.work import Work


async def keep_round(event: RoundScheduled, work: Work) -> None:
    await store.keep_round(work.connection, event)


async def keep_host(event: HostRegistered, work: Work) -> None:
    await store.keep_host(work.connection, event)


async def keep_student(event: StudentRegistered, work: Work) -> None:
    await store.keep_student(work.connection, event)


async def keep_project(event: ProjectSubmitted, work: Work) -> None:
    await store.keep_project(work.connection, event)
