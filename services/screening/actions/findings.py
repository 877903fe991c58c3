"""Keep the findings in submitted projects up to date.

Findings are stored with a review when it is opened, so that the queue can be filtered and sorted by them. They are
outdated when the facts of the host change, and in reviews from an earlier version of this service. Outdated findings
are renewed before the queue is shown.
"""

from services.screening import store
from services.screening.rules.findings import findings
from shared.contracts.message import subject
from shared.runtime.work import Work


async def refresh_findings(work: Work) -> None:
    """Renew all outdated findings; mostly there are none."""
    if not (host_ids := await store.findings.hosts_with_outdated(work.connection)):
        return
    # The facts of the hosts must not change after they are read here and before the findings are written.
    await work.lock(*(subject("host", host_id) for host_id in host_ids))
    outdated = await store.findings.outdated(work.connection, host_ids)
    await store.findings.keep(
        work.connection, ((each.project_id, each.revision, findings(each.project, each.host)) for each in outdated)
    )
