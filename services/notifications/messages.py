"""The private messages of notifications: its timers and effects."""

from datetime import datetime
from uuid import UUID

from shared.contracts.fields import EmailAddress
from shared.contracts.message import Effect, Timer


class RankingReminder(Timer, about="round"):
    """Rankings are due soon. Hosts without a ranking are reminded, if the due date has not changed since."""

    round_id: str
    rankings_due_at: datetime


class MoreFailures(Timer, about="service"):
    """An hour after staff were told of a failure, they are told how many more of its kind followed."""

    service_id: str
    error: str


class SendEmail(Effect, about="email"):
    """Send one mail to the mail server, or write it to the folder for mails."""

    email_id: UUID


class LinkRequested(Effect, about="request"):
    """Somebody asks for a new link, to an address that may be unknown to us.

    The address is looked up after the visitor was answered, so that neither the answer nor its delay shows whether it
    is known.
    """

    request_id: UUID
    email: EmailAddress
