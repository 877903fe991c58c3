"""A person's links open nothing any more: recorded with whose doing it was, and said to every service."""

from services.notifications.rules.mails import PersonKind
from services.notifications.store import people
from shared.runtime import Work
from shared.web.revocations import revoke_links


async def revoke(work: Work, kind: PersonKind, person_id: str, *, by: str) -> None:
    await people.add_revocation(work.connection, kind, person_id, by=by, at=work.now)
    await revoke_links(kind, person_id, work)
