"""The mails to hosts about rankings: whom to rank and by when, reminders, and places for a second round."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

from services.notifications.rules.known import Applicants, Project, Round
from services.notifications.rules.mails import Mail, Template

REMINDER_BEFORE: Final = timedelta(days=2)
"""How long before rankings are due a host is reminded."""


def remind_at(rankings_due_at: datetime) -> datetime:
    return rankings_due_at - REMINDER_BEFORE


def reminder_matters(round_: Round, rankings_due_at: datetime) -> bool:
    """Whether hosts are to be reminded now of that due date.

    They are not if the due date has changed since, if they were reminded of this date before, or if applications are
    still open: then they have not been asked to rank yet.
    """
    return (
        round_.closed_at is not None
        and round_.rankings_due_at == rankings_due_at
        and round_.reminded_of != rankings_due_at
    )


def due(round_: Round, projects: Iterable[Applicants]) -> list[Mail]:
    """One mail to each host: with its applicants, or that nobody applied."""
    return [
        _ask(Template.RANKING_DUE, round_, with_applicants)
        if (with_applicants := [project for project in own if project.applications])
        else _nobody_applied(round_, own)
        for own in _by_host(projects)
    ]


def left(second: Round, projects: Iterable[Project]) -> list[Mail]:
    """One mail to each host whose projects have places left for a second round."""
    return [_offered_again(second, own) for own in _by_host(Applicants(project, ()) for project in projects)]


def remind(round_: Round, projects: Iterable[Applicants]) -> list[Mail]:
    """One mail to each host that has not ranked its applicants."""
    unranked = [each for each in projects if each.applications and not each.project.ranked]
    return [_ask(Template.RANKING_REMINDER, round_, own) for own in _by_host(unranked)]


def _by_host(projects: Iterable[Applicants]) -> list[list[Applicants]]:
    def key(each: Applicants) -> tuple[str, str]:
        return each.project.host.host_id, each.project.project_id

    return [list(own) for _, own in groupby(sorted(projects, key=key), key=lambda each: key(each)[0])]


def _ask(template: Template, round_: Round, own: Sequence[Applicants]) -> Mail:
    facts = {
        "round": round_.name,
        "due_at": round_.rankings_due_at,
        "offers_at": round_.offers_at,
        "projects": [_in_mail(each) for each in own],
    }
    return Mail(template, own[0].project.host.recipient, facts, round_.links_end_at)


def _in_mail(each: Applicants) -> dict[str, Any]:
    return {
        "project_id": each.project.project_id,
        "title": each.project.title,
        "places": each.project.places,
        "applicants": [
            {
                "application_id": application.application_id,
                "student": application.student.name,
                "studies": application.student.studies,
            }
            for application in sorted(each.applications, key=lambda application: application.application_id)
        ],
    }


def _offered_again(second: Round, own: Sequence[Applicants]) -> Mail:
    facts = {
        "round": second.name,
        "opens_at": second.opens_at,
        "closes_at": second.closes_at,
        "due_at": second.rankings_due_at,
        "projects": [{"title": each.project.title, "places": each.project.places} for each in own],
    }
    return Mail(Template.PLACES_LEFT, own[0].project.host.recipient, facts, second.links_end_at)


def _nobody_applied(round_: Round, own: Sequence[Applicants]) -> Mail:
    facts = {"round": round_.name, "titles": [each.project.title for each in own]}
    return Mail(Template.NO_APPLICANTS, own[0].project.host.recipient, facts, round_.links_end_at)
