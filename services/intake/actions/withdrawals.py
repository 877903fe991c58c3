"""Withdraw a project for its host, or an application for its student.

Each can be asked for by an outside system, on our pages, or by staff.
"""

from services.intake import rules, store
from services.intake.actions.lookups import find_application, find_project, own_application, own_project
from services.intake.rules.applications import Application, ApplicationState
from services.intake.rules.projects import Project
from services.intake.rules.submissions import Arrival
from shared.contracts.faults import Fault
from shared.contracts.intake import ApplicationWithdrawn, ProjectWithdrawn
from shared.contracts.message import subject
from shared.contracts.submissions import ApplicationWithdrawal, ProjectWithdrawal
from shared.refusals import Invalid, NotAllowed
from shared.runtime.service import NotYet
from shared.runtime.work import Work


async def take_project_back(withdrawal: ProjectWithdrawal, _arrival: Arrival, work: Work) -> None:
    """Withdraw a project, as its host's system asks."""
    project = await store.projects.find(work.connection, withdrawal.project_id)
    if project is None:
        raise Invalid([Fault(field="project_id", reason="No project of this id is known.")])
    await _end_project(project, withdrawal.reason, work)


async def withdraw_project(project_id: str, reason: str, work: Work) -> Project:
    """Withdraw a project, as staff ask for its host."""
    await work.lock(subject("project", project_id))
    return await _end_project(await find_project(project_id, work), reason, work)


async def withdraw_own_project(project_id: str, host_id: str, reason: str, work: Work) -> Project:
    """Withdraw a project, as its host asks on our pages."""
    await work.lock(subject("project", project_id))
    return await _end_project(await own_project(project_id, host_id, work), reason, work)


async def take_application_back(withdrawal: ApplicationWithdrawal, _arrival: Arrival, work: Work) -> None:
    """Withdraw an application, as its student's system asks."""
    application = await store.applications.find(work.connection, withdrawal.application_id)
    if application is None or application.state is ApplicationState.REFUSED:
        raise Invalid([Fault(field="application_id", reason="No application of this id was received.")])
    if application.state is ApplicationState.CHECKING:
        raise NotYet("its CV is still being checked")
    await _end_application(application, withdrawal.reason, work)


async def withdraw_application(application_id: str, reason: str, work: Work) -> Application:
    """Withdraw an application, as staff ask for its student."""
    await work.lock(subject("application", application_id))
    application = await find_application(application_id, work)
    if application.state is ApplicationState.CHECKING:
        raise NotAllowed("Its CV is being checked: take it back once it is received.")
    return await _end_application(application, reason, work)


async def withdraw_own_application(application_id: str, student_id: str, reason: str, work: Work) -> Application:
    """Withdraw an application, as its student asks on our pages."""
    await work.lock(subject("application", application_id))
    return await _end_application(await own_application(application_id, student_id, work), reason, work)


async def _end_project(project: Project, reason: str, work: Work) -> Project:
    """Withdraw a project. One that has ended already stays as it is, and nothing is published."""
    withdraw = rules.projects.WITHDRAW
    if project.state not in withdraw.before:
        return project
    step = withdraw.step(project.state, at=work.now, comments=reason)
    withdrawn = project.model_copy(update={"state": step.after})
    await store.projects.keep(work.connection, withdrawn)
    await store.history.add(work.connection, subject("project", project.project_id), step, revision=project.revision)
    work.publish(
        ProjectWithdrawn(
            project_id=project.project_id, round_id=project.round_id, host_id=project.host_id, reason=reason
        )
    )
    return withdrawn


async def _end_application(application: Application, reason: str, work: Work) -> Application:
    """Withdraw an application, which ends its offer or placement. One that has ended already stays as it is."""
    withdraw = rules.applications.WITHDRAW
    if application.state not in withdraw.before:
        return application
    step = withdraw.step(application.state, at=work.now, comments=reason)
    await store.applications.set_state(work.connection, application.application_id, step.after)
    await store.history.add(work.connection, subject("application", application.application_id), step)
    work.publish(
        ApplicationWithdrawn(
            application_id=application.application_id,
            round_id=application.round_id,
            student_id=application.student_id,
            project_id=application.project_id,
            reason=reason,
        )
    )
    return application.model_copy(update={"state": step.after})
