"""The mail about a refused submission: to the host or student whom it concerns, else to staff."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.notifications.rules.known import Round, Window
from services.notifications.rules.links import links_end_at
from services.notifications.rules.mails import STAFF, Mail, Recipient, Template
from shared.contracts.intake import SubmissionRefused


@dataclass(frozen=True, slots=True)
class Concerned:
    """The people whom a refused submission concerns, if they are known here, and all scheduled rounds."""

    host: Recipient | None
    student: Recipient | None
    title: str | None
    """The title of the project that is named, if it is that host's or was applied for."""
    rounds: tuple[Round, ...]


def is_incomplete(event: SubmissionRefused, concerned: Concerned) -> bool:
    """Whether the event names a host or student who is not known here yet.

    Intake names only people whom it knows, so their own event is still on its way.
    """
    return bool((event.host_id and not concerned.host) or (event.student_id and not concerned.student))


def refused(event: SubmissionRefused, concerned: Concerned, *, now: datetime) -> list[Mail]:
    """A mail to the host or student with what to correct; to staff if neither is known, or if it was their record."""
    faults = {"faults": [fault.model_dump() for fault in event.faults]}
    until = links_end_at(concerned.rounds, now)
    match event.kind:
        case "project" if concerned.host and event.project_id:
            window = _first_open(now, (round_.submissions for round_ in concerned.rounds))
            facts = {"project_id": event.project_id, "title": concerned.title, "window": window}
            return [Mail(Template.PROJECT_REFUSED, concerned.host, faults | facts, until)]
        case "application" if concerned.student and event.application_id:
            window = _first_open(now, (round_.applications for round_ in concerned.rounds))
            facts = {"application_id": event.application_id, "title": concerned.title, "window": window}
            return [Mail(Template.APPLICATION_REFUSED, concerned.student, faults | facts, until)]
        case "project-withdrawal" if concerned.host and event.project_id:
            facts = {"reference": f"project {event.project_id}"}
            return [Mail(Template.WITHDRAWAL_REFUSED, concerned.host, faults | facts, until)]
        case "application-withdrawal" if concerned.student and event.application_id:
            facts = {"reference": f"application {event.application_id}"}
            return [Mail(Template.WITHDRAWAL_REFUSED, concerned.student, faults | facts, until)]
        case _:
            return [Mail(Template.SUBMISSION_REFUSED, STAFF, faults | _for_staff(event))]


def _for_staff(event: SubmissionRefused) -> dict[str, Any]:
    about = (event.host_id, event.student_id, event.project_id, event.application_id)
    return {
        "source": event.source,
        "submission_id": event.submission_id,
        "kind": event.kind,
        "refused_at": event.refused_at,
        "about": ", ".join(identifier for identifier in about if identifier),
    }


def _first_open(now: datetime, windows: Iterable[Window | None]) -> Window | None:
    """The window in which the same may be sent again: the first that has not closed yet."""
    to_come = (window for window in windows if window and now < window.closes_at)
    return min(to_come, key=lambda window: window.closes_at, default=None)
