"""What both sides are told of a placement: that it is confirmed, cancelled, or to be evaluated."""

from datetime import timedelta
from typing import Any, Final

from services.notifications.rules.known import Application
from services.notifications.rules.mails import Mail, Template
from shared.contracts.evaluation import SurveyOpened, SurveyUnanswered
from shared.contracts.matching import PlacementCancelled, PlacementConfirmed

CALL_BEFORE: Final = timedelta(days=7)
"""How long before the first day the introductory call should have been."""


def confirmed(event: PlacementConfirmed, application: Application) -> list[Mail]:
    student, project = application.student, application.project
    facts = _facts(event, application)
    for_student = {
        "contact_name": project.host.contact_name,
        "contact_email": project.host.contact_email,
        "call_by": event.starts_on - CALL_BEFORE,
        "calendar": "confirmed",
    }
    for_host = {"student": student.name, "student_email": student.email, "studies": student.studies}
    return [
        Mail(Template.PLACEMENT_CONFIRMED_STUDENT, student.recipient, facts | for_student),
        Mail(Template.PLACEMENT_CONFIRMED_HOST, project.host.recipient, facts | for_host),
    ]


def cancelled(event: PlacementCancelled, application: Application) -> list[Mail]:
    student, project = application.student, application.project
    reason = "" if event.by == "student" else event.reason  # a student's reasons are the student's own
    facts = _facts(event, application) | {"by": event.by, "reason": reason}
    return [
        Mail(Template.PLACEMENT_CANCELLED_STUDENT, student.recipient, facts | {"calendar": "cancelled"}),
        Mail(Template.PLACEMENT_CANCELLED_HOST, project.host.recipient, facts | {"student": student.name}),
    ]


def survey_opened(event: SurveyOpened, application: Application) -> list[Mail]:
    return [_survey(Template.SURVEY, event, application)]


def survey_unanswered(event: SurveyUnanswered, application: Application) -> list[Mail]:
    return [_survey(Template.SURVEY_REMINDER, event, application)]


def _facts(event: PlacementConfirmed | PlacementCancelled, application: Application) -> dict[str, Any]:
    return application.facts | {"starts_on": event.starts_on, "ends_on": event.ends_on}


def _survey(template: Template, event: SurveyOpened | SurveyUnanswered, application: Application) -> Mail:
    facts = application.facts | {"respondent": event.respondent, "closes_at": event.closes_at}
    if event.respondent == "student":
        return Mail(template, application.student.recipient, facts)
    return Mail(template, application.project.host.recipient, facts | {"student": application.student.name})
