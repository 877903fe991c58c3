"""The mails to both sides about a placement: that it is confirmed, cancelled, or to be evaluated."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from services.notifications.rules.known import Application
from services.notifications.rules.mails import Mail, Template
from shared.contracts.evaluation import SurveyOpened, SurveyUnanswered
from shared.contracts.matching import PlacementCancelled, PlacementConfirmed

CALL_BEFORE: Final = timedelta(days=7)
"""How long before the first day the introductory call should have taken place."""


def confirmed(event: PlacementConfirmed, application: Application) -> list[Mail]:
    student, host = application.student, application.project.host
    days = {"starts_on": event.starts_on, "ends_on": event.ends_on}
    return [
        application.to_student(
            Template.PLACEMENT_CONFIRMED_STUDENT,
            **days,
            contact_name=host.contact_name,
            contact_email=host.contact_email,
            call_by=event.starts_on - CALL_BEFORE,
            calendar="confirmed",
        ),
        application.to_host(
            Template.PLACEMENT_CONFIRMED_HOST,
            **days,
            student=student.name,
            student_email=student.email,
            studies=student.studies,
        ),
    ]


def cancelled(event: PlacementCancelled, application: Application) -> list[Mail]:
    reason = "" if event.by == "student" else event.reason  # a student's reasons are not passed on
    facts = {"starts_on": event.starts_on, "ends_on": event.ends_on, "by": event.by, "reason": reason}
    return [
        application.to_student(Template.PLACEMENT_CANCELLED_STUDENT, **facts, calendar="cancelled"),
        application.to_host(Template.PLACEMENT_CANCELLED_HOST, **facts, student=application.student.name),
    ]


def survey_opened(event: SurveyOpened, application: Application) -> list[Mail]:
    return [_survey(Template.SURVEY, event, application)]


def survey_unanswered(event: SurveyUnanswered, application: Application) -> list[Mail]:
    return [_survey(Template.SURVEY_REMINDER, event, application)]


def _survey(template: Template, event: SurveyOpened | SurveyUnanswered, application: Application) -> Mail:
    """A mail whose link opens only surveys, until this one closes: whoever passes it on gives nothing else away."""
    facts = {"survey_id": event.survey_id, "respondent": event.respondent, "closes_at": event.closes_at}
    if event.respondent == "student":
        mail = application.to_student(template, **facts)
    else:
        mail = application.to_host(template, **facts, student=application.student.name)
    return replace(mail, link_ends_at=event.closes_at)
