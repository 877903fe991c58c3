"""Send a new link to a person's pages by mail, for somebody who lost theirs, or for staff."""

from services.notifications import store
from services.notifications.actions import people
from services.notifications.actions.mails import send_after_commit
from services.notifications.messages import LinkRequested
from services.notifications.rules.links import new_links
from services.notifications.rules.mails import PersonKind, Recipient
from shared.identifiers import new_id
from shared.runtime import UnitsOfWork, Work


def request_link(address: str, work: Work) -> None:
    """Note that somebody asked for a link to an address. An effect looks up later whether the address is known."""
    work.publish(LinkRequested(request_id=new_id(), email=address))


async def send_links(address: str, units: UnitsOfWork) -> None:
    """Send a link to each person with this address, if there is any."""
    async with units.open() as work:
        recipients = await store.people.at_address(work.connection, address)
        await send_after_commit(new_links(recipients, await store.known.rounds(work.connection), work.now), work)


async def send_link(kind: PersonKind, person_id: str, work: Work) -> None:
    """Send a person a link; raises `NotFound` if nobody has that id."""
    await people.person(kind, person_id, work)
    to = [Recipient(kind, person_id)]
    await send_after_commit(new_links(to, await store.known.rounds(work.connection), work.now), work)
