"""Applications and their withdrawals."""

from services.intake import rules, store
from services.intake.handlers.reception import receives
from services.intake.reception import judges
from services.intake.rules.applications import RECEIVE, Circumstances
from services.intake.rules.projects import Project
from services.intake.rules.rounds import Round, applications_window, round_for
from services.intake.rules.submissions import Arrival, Refused
from services.intake.withdrawals import withdraw_application
from shared.contracts.intake import ApplicationReceived, Fault
from shared.contracts.message import subject
from shared.contracts.submissions import ApplicationForm, ApplicationWithdrawal
from shared.runtime.work import Work


def _judged_by(form: ApplicationForm) -> tuple[str, ...]:
    """What must not change, or be used by another application, while this one is judged."""
    return (
        form.subject,
        subject("student", form.student_id),
        subject("project", form.project_id),
        subject("document", str(form.cv)),
    )


@judges(ApplicationForm)
async def judge_application(form: ApplicationForm, arrival: Arrival, work: Work) -> Project:
    """The project that it is for."""
    project = await store.projects.find(work.connection, form.project_id)
    round_ = await _round(arrival, project, work)
    given = Circumstances(arrival.source, arrival.sent_at, round_, project)
    known = await store.applications.known_of(work.connection, form, round_.round_id if round_ else None)
    return rules.applications.check(form, given, known)


@receives(ApplicationForm, changes=_judged_by)
async def take_application(form: ApplicationForm, arrival: Arrival, work: Work) -> None:
    project = await judge_application(form, arrival, work)
    application = rules.applications.received(form, project, sent_at=arrival.sent_at, now=work.now)
    await store.applications.add(work.connection, application, form.statement)
    await store.history.add(work.connection, form.subject, RECEIVE.step(None, at=work.now))
    work.publish(
        ApplicationReceived(
            application_id=application.application_id,
            round_id=application.round_id,
            student_id=application.student_id,
            project_id=application.project_id,
            host_id=application.host_id,
            preference=application.preference,
            cv=application.cv,
            received_at=application.received_at,
        )
    )


@receives(ApplicationWithdrawal)
async def take_application_back(withdrawal: ApplicationWithdrawal, _arrival: Arrival, work: Work) -> None:
    application = await store.applications.find(work.connection, withdrawal.application_id)
    if application is None:
        raise Refused([Fault(field="application_id", reason="No application of this id was received.")])
    await withdraw_application(application, withdrawal.reason, work)


async def _round(arrival: Arrival, project: Project | None, work: Work) -> Round | None:
    """The project's round, held open until this application is counted; for no project the one it was in time for."""
    if project:
        return await store.rounds.find_and_hold(work.connection, project.round_id)
    return round_for(await store.rounds.every(work.connection), arrival.sent_at, applications_window)
