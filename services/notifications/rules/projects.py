"""The mails to a host about its project, from its receipt to the verdict, and to staff about an overdue review."""

from datetime import datetime

from services.notifications.rules.known import Project
from services.notifications.rules.mails import STAFF, Mail, Template
from shared.contracts.intake import ProjectSubmitted, ProjectWithdrawn
from shared.contracts.screening import ProjectApproved, ProjectDeclined, ProjectReturned, ReviewOverdue


def received(event: ProjectSubmitted, project: Project) -> list[Mail]:
    send_by = project.round.submissions_close_at
    return [project.to_host(Template.PROJECT_RECEIVED, revision=event.revision, send_by=send_by)]


def approved(_event: ProjectApproved, project: Project) -> list[Mail]:
    dates = project.round
    return [
        project.to_host(
            Template.PROJECT_APPROVED,
            opens_at=dates.opens_at,
            closes_at=dates.closes_at,
            rankings_due_at=dates.rankings_due_at,
            offers_at=dates.offers_at,
        )
    ]


def returned(event: ProjectReturned, project: Project, *, now: datetime) -> list[Mail]:
    """A mail to the host, which asks for the next revision if the round still accepts projects."""
    closes_at = project.round.submissions_close_at
    return [
        project.to_host(
            Template.PROJECT_RETURNED,
            revision=event.revision,
            comments=event.comments,
            send_by=closes_at if now < closes_at else None,
        )
    ]


def declined(event: ProjectDeclined, project: Project) -> list[Mail]:
    return [project.to_host(Template.PROJECT_DECLINED, comments=event.comments)]


def withdrawn(_event: ProjectWithdrawn, project: Project) -> list[Mail]:
    return [project.to_host(Template.PROJECT_WITHDRAWN)]


def review_overdue(event: ReviewOverdue, project: Project) -> list[Mail]:
    facts = project.facts | {
        "revision": event.revision,
        "waiting_since": event.waiting_since,
        "send_by": project.round.submissions_close_at,
    }
    return [Mail(Template.REVIEW_OVERDUE, STAFF, facts)]
