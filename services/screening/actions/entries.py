"""Lock a review in order to change it, and load it with everything that reviewers did on it."""

from services.screening import store
from services.screening.rules.deliberation import Entry
from services.screening.rules.reviews import what_happened
from shared.contracts.message import subject
from shared.refusals import NotAllowed, NotFound
from shared.runtime.work import Work


async def lock_entry(project_id: str, revision: int, work: Work) -> Entry:
    """A review, with its project locked; raises `NotFound`."""
    await work.lock(subject("project", project_id))
    entry = await store.queue.entry(work.connection, project_id, revision)
    if entry is None:
        raise NotFound(f"Revision {revision} of {project_id} was not submitted for review.")
    return entry


async def lock_open_entry(project_id: str, revision: int, work: Work) -> Entry:
    """A review that waits for its verdict, with its project locked; raises `NotAllowed` if it no longer waits."""
    entry = await lock_entry(project_id, revision, work)
    if not entry.is_open:
        raise NotAllowed(what_happened(entry.review))
    return entry
