"""Store and send mails. A mail is stored with the decision to send it; an effect sends it and records the outcome."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import structlog

from services.notifications import store
from services.notifications.messages import SendEmail
from services.notifications.outside.composition import Refused, compose, message_id
from services.notifications.outside.settings import MailSettings
from services.notifications.outside.transport import TransientError, open_transport
from services.notifications.rules.mails import DueEmail, Mail
from shared.contracts.notifications import EmailFailed, EmailSent
from shared.identifiers import new_id
from shared.runtime import UnitsOfWork, Work
from shared.web.settings import WebSettings

log = structlog.get_logger()


async def send_after_commit(mails: Iterable[Mail], work: Work) -> None:
    """Store the mails, and have each sent after the commit.

    The same cause leads to the same mail only once. The cause is the id of the message that is handled. A request of
    staff on a page has no such message, so each has a new id as its cause.
    """
    cause = work.cause.id if work.cause else str(new_id())
    for email_id in await store.emails.add(work.connection, mails, cause=cause, now=work.now):
        work.publish(SendEmail(email_id=email_id))


async def send_due(email_id: UUID, units: UnitsOfWork) -> None:
    """Send a mail that is due, and record the outcome. A mail with a recorded outcome is not sent again."""
    settings = MailSettings()
    async with units.read() as connection:
        email = await store.emails.due(connection, email_id)
    if email is None:
        return
    refusal = await _send(email, settings, now=units.clock())
    identifier = message_id(email, settings)
    async with units.open() as work:
        if await store.emails.end(work.connection, email.email_id, message_id=identifier, refusal=refusal, at=work.now):
            work.publish(EmailFailed(**email.ids, reason=refusal) if refusal else EmailSent(**email.ids))


async def _send(email: DueEmail, settings: MailSettings, *, now: datetime) -> str | None:
    """Send a mail; returns why it was refused, if that is permanent, and raises a transient error."""
    try:
        await open_transport(settings).send(compose(email, settings, WebSettings(), now=now))
    except Refused as refused:
        return refused.reason
    except TransientError as error:
        log.warning("mail not sent", email_id=str(email.email_id), answer=str(error))
        raise
    return None
