"""Keep copies of other services' facts."""

from services.screening import store
from shared.contracts.intake import HostRegistered, RoundScheduled
from shared.runtime.work import Work


async def keep_round(event: RoundScheduled, work: Work) -> None:
    await store.copies.keep_round(work.connection, event)


async def keep_host(event: HostRegistered, work: Work) -> None:
    """Keep a copy of a host. If it changed, the findings in its projects are outdated, and renewed for the queue."""
    if await store.copies.keep_host(work.connection, event):
        await store.findings.mark_outdated(work.connection, event.host_id)
