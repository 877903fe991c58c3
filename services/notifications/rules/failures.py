"""What staff are told of failures, and of a queue that gets no further."""

from datetime import timedelta
from typing import Final

from services.notifications.messages import MoreFailures, SendEmail
from services.notifications.rules.mails import STAFF, Mail, Template
from shared.contracts.every_service import MessageFailed, QueueStuck

TOLD_TOGETHER: Final = timedelta(hours=1)
"""Failures of one kind that follow the first within this time are told in one mail at its end."""


def failed(event: MessageFailed) -> list[Mail]:
    """Staff are told, unless what failed was to send a mail: a mail about it would fail as well, and so on for ever."""
    if event.message_type == SendEmail.type:
        return []
    facts = event.model_dump(include={"message_id", "service", "message_type", "error", "attempts"})
    return [Mail(Template.MESSAGE_FAILED, STAFF, facts)]


def more_failed(timer: MoreFailures, more: int) -> list[Mail]:
    """Staff are told how many followed, if any did."""
    facts = {"service": timer.service_id, "error": timer.error, "more": more}
    return [Mail(Template.MORE_FAILED, STAFF, facts)] if more else []


def stuck(event: QueueStuck) -> list[Mail]:
    return [Mail(Template.QUEUE_STUCK, STAFF, event.model_dump())]
