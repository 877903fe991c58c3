"""Check and receive a student's application, whether it was sent by a system or from our pages."""

from services.intake import rules, store
from services.intake.rules.applications import RECEIVE, Application, Circumstances
from services.intake.rules.projects import Project
from services.intake.rules.rounds import Round, applications_window, round_for
from services.intake.rules.submissions import Arrival
from shared.contracts.intake import ApplicationReceived
from shared.contracts.message import subject
from shared.contracts.submissions import ApplicationForm
from shared.runtime.service import NotYet
from shared.runtime.work import Work


def subjects_of_form(form: ApplicationForm) -> tuple[str, ...]:
    """The subjects to lock while an application is checked and received.

    None of them may change meanwhile, or be used by another application.
    """
    return subjects(form.application_id, form.student_id, form.project_id, str(form.cv))


def subjects(application_id: str, student_id: str, project_id: str, cv: str) -> tuple[str, ...]:
    return (
        subject("application", application_id),
        subject("student", student_id),
        subject("project", project_id),
        subject("document", cv),
    )


async def check_application(form: ApplicationForm, arrival: Arrival, work: Work) -> Project:
    """The project that the application is for, in the round that takes it. Changes nothing.

    Raises `Invalid` with all faults.
    """
    return await _check(form, await _circumstances(form, arrival, work), work)


async def take_application(form: ApplicationForm, arrival: Arrival, work: Work) -> None:
    """Check an application and receive it; raises `Invalid` before it changes anything."""
    given = await _circumstances(form, arrival, work)
    if given.awaits_places_left:
        raise NotYet("the event that reports which places the first round has left has not arrived yet")
    project = await _check(form, given, work)
    application = rules.applications.received(form, project, sent_at=arrival.sent_at, now=work.now)
    await store.applications.add(work.connection, application, form.statement)
    await store.history.add(work.connection, form.subject, RECEIVE.step(None, at=work.now))
    work.publish(_received(application))


def _received(application: Application) -> ApplicationReceived:
    return ApplicationReceived(
        application_id=application.application_id,
        round_id=application.round_id,
        student_id=application.student_id,
        project_id=application.project_id,
        host_id=application.host_id,
        preference=application.preference,
        cv=application.cv,
        received_at=application.received_at,
    )


async def _check(form: ApplicationForm, given: Circumstances, work: Work) -> Project:
    known = await store.applications.known_of(work.connection, form, given.round_.round_id if given.round_ else None)
    return rules.applications.check(form, given, known)


async def _circumstances(form: ApplicationForm, arrival: Arrival, work: Work) -> Circumstances:
    project = await store.projects.find(work.connection, form.project_id)
    round_ = await _round(arrival, project, work)
    left = await store.places.left(work.connection, form.project_id) if round_ and round_.follows else None
    return Circumstances(arrival.source, arrival.sent_at, round_, project, left)


async def _round(arrival: Arrival, project: Project | None, work: Work) -> Round | None:
    """The project's round at the time of sending, locked against closing until this application is counted.

    For an unknown project it is the one that `round_for` finds for that time.
    """
    if project:
        both = await store.rounds.lock_both_shared(work.connection, project.round_id)
        return rules.second_rounds.round_for_application(both, arrival.sent_at)
    return round_for(await store.rounds.every(work.connection), arrival.sent_at, applications_window)
