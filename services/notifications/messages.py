"""What notifications says to itself."""

from datetime import datetime
from uuid import UUID

from shared.contracts.message import Effect, Timer


class RankingReminder(Timer, about="round"):
    """Rankings are due soon: whoever has not sent one is reminded, if they are still due at that moment."""

    round_id: str
    rankings_due_at: datetime


class SendEmail(Effect, about="email"):
    """Hand one mail to the mail server, or lay it in the folder for mails."""

    email_id: UUID
