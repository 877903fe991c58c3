"""What notifications does alone: it sends mails, and looks up who asks for a link."""

from datetime import datetime

import structlog

from services.notifications import service
from services.notifications.composition import Refused, compose, message_id
from services.notifications.messages import LinkRequested, SendEmail
from services.notifications.rules.links import new_links
from services.notifications.rules.mails import DueEmail
from services.notifications.settings import MailSettings
from services.notifications.store import emails, known, people
from services.notifications.telling import tell
from services.notifications.transport import NotTaken, open_transport
from shared.contracts.notifications import EmailFailed, EmailSent
from shared.runtime import UnitsOfWork
from shared.web.settings import WebSettings

log = structlog.get_logger()


@service.effect(SendEmail)
async def send_email(effect: SendEmail, units: UnitsOfWork) -> None:
    """Send a mail that is due, and record what became of it; what is recorded is not sent again."""
    settings = MailSettings()
    async with units.read() as connection:
        email = await emails.due(connection, effect.email_id)
    if email is None:
        return
    refusal = await _send(email, settings, now=units.clock())
    identifier = message_id(email, settings)
    async with units.open() as work:
        if await emails.end(work.connection, email.email_id, message_id=identifier, refusal=refusal, at=work.now):
            work.publish(EmailFailed(**email.ids, reason=refusal) if refusal else EmailSent(**email.ids))


@service.effect(LinkRequested)
async def send_links(effect: LinkRequested, units: UnitsOfWork) -> None:
    """A new link to each person of an address; nothing at all where it is nobody's."""
    async with units.open() as work:
        asking = await people.at_address(work.connection, effect.email)
        await tell(work, new_links(asking, await known.rounds(work.connection), work.now))


async def _send(email: DueEmail, settings: MailSettings, *, now: datetime) -> str | None:
    """Returns why it was refused, if that is for good; raises what may pass."""
    try:
        await open_transport(settings).send(compose(email, settings, WebSettings(), now=now))
    except Refused as refused:
        return refused.reason
    except NotTaken as passing:
        log.warning("mail not taken", email_id=str(email.email_id), answer=str(passing))
        raise
    return None
