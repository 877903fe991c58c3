"""What is found in a project is stored with its review, so that the queue can be searched and sorted by it.

It is found when the review is opened. Here it is found again, before the queue is shown, in the reviews of an earlier
version and in those of a host of which something else has become known.
"""

from services.screening import store
from services.screening.rules.findings import findings
from shared.contracts.message import subject
from shared.runtime.work import Work


async def look_through(work: Work) -> None:
    """Find what is in all projects that have not been looked through; there are none, mostly."""
    if not (host_ids := await store.findings.hosts_to_look_at(work.connection)):
        return
    # What is known of the hosts must not change between being read and what follows from it being written.
    await work.lock(*(subject("host", host_id) for host_id in host_ids))
    unread = await store.findings.unread(work.connection, host_ids)
    await store.findings.keep(
        work.connection, ((each.project_id, each.revision, findings(each.project, each.host)) for each in unread)
    )
