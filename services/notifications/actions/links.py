"""Links to all of a person's pages: a new one is asked for by whoever lost theirs, or by staff, and sent by mail."""

from services.notifications import store
from services.notifications.actions import people
from services.notifications.actions.mails import send_after_commit
from services.notifications.messages import LinkRequested
from services.notifications.rules.links import new_links
from services.notifications.rules.mails import PersonKind, Recipient
from shared.identifiers import new_id
from shared.runtime import UnitsOfWork, Work


def request_link(address: str, work: Work) -> None:
    """Note that a link is asked for to an address; whether it is one of ours is looked up later, in an effect."""
    work.publish(LinkRequested(request_id=new_id(), email=address))


async def send_links(address: str, units: UnitsOfWork) -> None:
    """Send a link to each person of an address; nothing at all where it is nobody's."""
    async with units.open() as work:
        asking = await store.people.at_address(work.connection, address)
        await send_after_commit(new_links(asking, await store.known.rounds(work.connection), work.now), work)


async def send_link(kind: PersonKind, person_id: str, work: Work) -> None:
    """Send a person a link; raises `NotFound` where nobody is known by that id."""
    await people.person(kind, person_id, work)
    to = [Recipient(kind, person_id)]
    await send_after_commit(new_links(to, await store.known.rounds(work.connection), work.now), work)
