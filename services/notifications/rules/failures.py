"""The mails to staff about failures, and about a stuck queue."""

from datetime import timedelta
from typing import Final

from services.notifications.messages import MoreFailures, SendEmail
from services.notifications.rules.mails import STAFF, Mail, Template
from shared.contracts.every_service import MessageFailed, QueueStuck

SUMMARISE_AFTER: Final = timedelta(hours=1)
"""How long after the first failure of a kind those that followed are told in one mail."""


def failed(event: MessageFailed) -> list[Mail]:
    """A mail to staff, unless sending a mail failed: a mail about that would fail as well, and so on for ever."""
    if event.message_type == SendEmail.type:
        return []
    facts = event.model_dump(include={"message_id", "service", "message_type", "error", "attempts"})
    return [Mail(Template.MESSAGE_FAILED, STAFF, facts)]


def more_failed(timer: MoreFailures, more: int) -> list[Mail]:
    """A mail to staff with how many failures of a kind followed, if any did."""
    facts = {"service": timer.service_id, "error": timer.error, "more": more}
    return [Mail(Template.MORE_FAILED, STAFF, facts)] if more else []


def stuck(event: QueueStuck) -> list[Mail]:
    return [Mail(Template.QUEUE_STUCK, STAFF, event.model_dump())]
