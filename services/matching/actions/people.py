"""What matching needs to know of hosts and students is kept."""

from services.matching import store
from shared.contracts.intake import HostRegistered, StudentRegistered
from shared.runtime.work import Work


async def keep_host(event: HostRegistered, work: Work) -> None:
    await store.people.keep_host(work.connection, event)


async def keep_student(event: StudentRegistered, work: Work) -> None:
    await store.people.keep_student(work.connection, event)
