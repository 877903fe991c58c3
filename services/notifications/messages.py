"""What notifications says to itself."""

from datetime import datetime
from uuid import UUID

from shared.contracts.fields import EmailAddress
from shared.contracts.message import Effect, Timer


class RankingReminder(Timer, about="round"):
    """Rankings are due soon: whoever has not sent one is reminded, if they are still due at that moment."""

    round_id: str
    rankings_due_at: datetime


class MoreFailures(Timer, about="service"):
    """Staff were told of a failure a while ago: they are told how many of its kind followed."""

    service_id: str
    error: str


class SendEmail(Effect, about="email"):
    """Hand one mail to the mail server, or lay it in the folder for mails."""

    email_id: UUID


class LinkRequested(Effect, about="request"):
    """Somebody asks for a new link, to an address that may or may not be one of ours.

    It is looked up once the visitor has been answered, so that neither the answer nor its time tells which.
    """

    request_id: UUID
    email: EmailAddress
