"""A person's links are revoked: every service keeps what notifications published, and lets them in no more."""

from shared.contracts.notifications import LinksRevoked
from shared.runtime.service import Service
from shared.runtime.work import Work
from shared.web import store
from shared.web.callers import PersonKind


async def revoke_links(kind: PersonKind, person_id: str, work: Work) -> None:
    """Let the links that a person was sent before now, and the sessions that they opened, open nothing any more."""
    await store.revoke_links(work.connection, kind, person_id, work.now)
    work.publish(LinksRevoked(kind=kind, person_id=person_id, issued_before=work.now))


def subscribe_to_revocations(service: Service) -> None:
    """Have a service keep what was revoked."""

    @service.subscriber(LinksRevoked)
    async def keep_revocation(event: LinksRevoked, work: Work) -> None:
        await store.revoke_links(work.connection, event.kind, event.person_id, event.issued_before)
