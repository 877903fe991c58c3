"""Remember members of staff who open the pages: only they can be assigned a project."""

from services.screening import store
from services.screening.rules.deliberation import Person
from shared.runtime.work import Work


async def remember(person: Person, work: Work, *, may_review: bool = True) -> None:
    """Remember a member of staff. Whoever changes something may review; a page passes whether its visitor may."""
    await store.staff.remember(work.connection, person, may_review=may_review)
