"""Revoked links: notifications publishes each revocation, and every service keeps it and refuses the links."""

from shared.contracts.notifications import LinksRevoked
from shared.runtime.service import Service
from shared.runtime.work import Work
from shared.web import store
from shared.web.callers import PersonKind


async def revoke_links(kind: PersonKind, person_id: str, work: Work) -> None:
    """Revoke the links that a person was sent before now, and with them the sessions that they opened."""
    await store.revoke_links(work.connection, kind, person_id, work.now)
    work.publish(LinksRevoked(kind=kind, person_id=person_id, issued_before=work.now))


def subscribe_to_revocations(service: Service) -> None:
    """Have a service subscribe to revocations and keep them."""

    @service.subscriber(LinksRevoked)
    async def keep_revocation(event: LinksRevoked, work: Work) -> None:
        await store.revoke_links(work.connection, event.kind, event.person_id, event.issued_before)
