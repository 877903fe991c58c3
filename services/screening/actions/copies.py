"""Facts of other services are kept."""

from services.screening import store
from shared.contracts.intake import HostRegistered, RoundScheduled
from shared.runtime.work import Work


async def keep_round(event: RoundScheduled, work: Work) -> None:
    await store.copies.keep_round(work.connection, event)


async def keep_host(event: HostRegistered, work: Work) -> None:
    """Keep what is known of a host; what else is found in its projects then is found before the queue is shown."""
    if await store.copies.keep_host(work.connection, event):
        await store.findings.outdate(work.connection, event.host_id)
