"""Members of staff are remembered: only whoever has been here can be given a project to review."""

from services.screening import store
from services.screening.rules.deliberation import Person
from shared.runtime.work import Work


async def remember(person: Person, work: Work, *, may_review: bool = True) -> None:
    """Remember who is here; whoever does more than look may review."""
    await store.staff.remember(work.connection, person, may_review=may_review)
