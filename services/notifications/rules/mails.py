"""A mail as plain data: which template, to whom, and the facts that it states."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Literal
from uuid import UUID


class Template(StrEnum):
    """Every mail that there is; each is a file of that name in `pages/mails/`."""

    PROJECT_RECEIVED = "project_received"
    PROJECT_REFUSED = "project_refused"
    PROJECT_RETURNED = "project_returned"
    PROJECT_APPROVED = "project_approved"
    PROJECT_DECLINED = "project_declined"
    PROJECT_WITHDRAWN = "project_withdrawn"
    RANKING_DUE = "ranking_due"
    RANKING_REMINDER = "ranking_reminder"
    NO_APPLICANTS = "no_applicants"
    APPLICATION_WITHDRAWN_HOST = "application_withdrawn_host"
    PLACEMENT_CONFIRMED_HOST = "placement_confirmed_host"
    PLACEMENT_CANCELLED_HOST = "placement_cancelled_host"

    APPLICATION_RECEIVED = "application_received"
    APPLICATION_REFUSED = "application_refused"
    APPLICATION_WITHDRAWN = "application_withdrawn"
    OFFER_MADE = "offer_made"
    OFFER_EXPIRED = "offer_expired"
    OFFER_WITHDRAWN = "offer_withdrawn"
    WAITLISTED = "waitlisted"
    UNSUCCESSFUL = "unsuccessful"
    PLACEMENT_CONFIRMED_STUDENT = "placement_confirmed_student"
    PLACEMENT_CANCELLED_STUDENT = "placement_cancelled_student"

    WITHDRAWAL_REFUSED = "withdrawal_refused"
    SURVEY = "survey"
    SURVEY_REMINDER = "survey_reminder"

    REVIEW_OVERDUE = "review_overdue"
    SUBMISSION_REFUSED = "submission_refused"
    MESSAGE_FAILED = "message_failed"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a mail is for. Name and address are looked up when it is sent."""

    kind: Literal["host", "student", "staff"]
    id: str


STAFF: Final = Recipient("staff", "staff")


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one recipient."""

    template: Template
    recipient: Recipient
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DueEmail:
    """A mail that is stored and waits to be sent. Name and address of staff are settings, and `None` here.

    Its facts are as JSON has them: dates and moments are ISO 8601 text.
    """

    email_id: UUID
    cause: str
    template: Template
    recipient: Recipient
    name: str | None
    address: str | None
    facts: Mapping[str, Any]

    @property
    def ids(self) -> dict[str, Any]:
        """What every event about it carries."""
        return {"email_id": self.email_id, "template": self.template, "recipient_id": self.recipient.id}
