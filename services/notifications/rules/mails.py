"""A mail as plain data: its template, its recipient, and the facts that it states."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Literal
from uuid import UUID


class Template(StrEnum):
    """All mails. Each is a template of that name in `pages/mails/`."""

    PROJECT_RECEIVED = "project_received"
    PROJECT_REFUSED = "project_refused"
    PROJECT_RETURNED = "project_returned"
    PROJECT_APPROVED = "project_approved"
    PROJECT_DECLINED = "project_declined"
    PROJECT_WITHDRAWN = "project_withdrawn"
    RANKING_DUE = "ranking_due"
    RANKING_REMINDER = "ranking_reminder"
    NO_APPLICANTS = "no_applicants"
    PLACES_LEFT = "places_left"
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
    SIGN_IN_LINK = "sign_in_link"

    REVIEW_OVERDUE = "review_overdue"
    SUBMISSION_REFUSED = "submission_refused"
    MESSAGE_FAILED = "message_failed"
    MORE_FAILED = "more_failed"
    QUEUE_STUCK = "queue_stuck"


PersonKind = Literal["host", "student"]


@dataclass(frozen=True, slots=True)
class Recipient:
    """The recipient of a mail. Name and address are looked up when it is sent."""

    kind: PersonKind | Literal["staff"]
    id: str


STAFF: Final = Recipient("staff", "staff")


Opens = Literal["desk", "survey"]
"""What a link opens: all of a person's pages ("desk", as stored with mails), or only their surveys."""

PAGES: Final[Mapping[Template, str]] = {
    Template.PROJECT_RECEIVED: "/host/projects/{project_id}",
    Template.PROJECT_REFUSED: "/host/projects",  # a refused first proposal has no page of its own
    Template.PROJECT_RETURNED: "/host/projects/{project_id}",
    Template.PROJECT_APPROVED: "/host/projects/{project_id}",
    Template.PROJECT_DECLINED: "/host/projects/{project_id}",
    Template.PROJECT_WITHDRAWN: "/host/projects/{project_id}",
    Template.RANKING_DUE: "/host/applicants",
    Template.RANKING_REMINDER: "/host/applicants",
    Template.NO_APPLICANTS: "/host/projects",
    Template.PLACES_LEFT: "/host/projects",
    Template.APPLICATION_WITHDRAWN_HOST: "/host/applicants",
    Template.PLACEMENT_CONFIRMED_HOST: "/host/placements",
    Template.PLACEMENT_CANCELLED_HOST: "/host/placements",
    Template.APPLICATION_RECEIVED: "/student/applications",
    Template.APPLICATION_REFUSED: "/catalogue",
    Template.APPLICATION_WITHDRAWN: "/student/applications",
    Template.OFFER_MADE: "/student/offers/{application_id}",
    Template.OFFER_EXPIRED: "/student/applications",
    Template.OFFER_WITHDRAWN: "/student/applications",
    Template.WAITLISTED: "/student/applications",
    Template.UNSUCCESSFUL: "/student/applications",
    Template.PLACEMENT_CONFIRMED_STUDENT: "/student/placements/{application_id}",
    Template.PLACEMENT_CANCELLED_STUDENT: "/student/applications",
    Template.SURVEY: "/{respondent}/surveys/{survey_id}",
    Template.SURVEY_REMINDER: "/{respondent}/surveys/{survey_id}",
    Template.REVIEW_OVERDUE: "/staff/screening/projects/{project_id}",
}
"""The page that a mail leads to, with its facts filled in. Other mails lead to their reader's first page."""

FIRST_PAGES: Final = {"host": "/host/projects", "student": "/student/applications", "staff": None}
"""The first page of each kind of reader. Other mails to staff lead to no page: what they ask for is done elsewhere."""

_OF_SURVEYS: Final = (Template.SURVEY, Template.SURVEY_REMINDER)


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one recipient. `link_ends_at` is when its link ends; `None` for staff, who sign in instead."""

    template: Template
    recipient: Recipient
    facts: dict[str, Any]
    link_ends_at: datetime | None = None

    @property
    def path(self) -> str | None:
        """The page that the mail leads to."""
        path = PAGES.get(self.template, FIRST_PAGES[self.recipient.kind])
        return path and path.format_map(self.facts)

    @property
    def opens(self) -> Opens | None:
        """What its link opens; `None` if its reader signs in."""
        if self.link_ends_at is None:
            return None
        return "survey" if self.template in _OF_SURVEYS else "desk"


@dataclass(frozen=True, slots=True)
class MailLink:
    """The link of a stored mail: the page, and for hosts and students what the link opens and when it ends."""

    path: str
    opens: Opens | None
    issued_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class DueEmail:
    """A stored mail that is to be sent. For staff, name and address are settings, and `None` here.

    The facts are as in JSON: dates and moments are ISO 8601 text.
    """

    email_id: UUID
    cause: str
    template: Template
    recipient: Recipient
    name: str | None
    address: str | None
    facts: Mapping[str, Any]
    link: MailLink | None

    @property
    def ids(self) -> dict[str, Any]:
        """The fields that every event about the mail has."""
        return {"email_id": self.email_id, "template": self.template, "recipient_id": self.recipient.id}
