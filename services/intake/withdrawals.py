"""What ends because its host or student takes it back, by a submission or over HTTP."""

from services.intake import rules, store
from services.intake.rules.applications import Application
from services.intake.rules.projects import Project
from shared.contracts.intake import ApplicationWithdrawn, ProjectWithdrawn
from shared.contracts.message import subject
from shared.runtime.work import Work


async def withdraw_project(project: Project, reason: str, work: Work) -> Project:
    """End a project; one that has ended already stays as it is, and nothing is said again."""
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


async def withdraw_application(application: Application, reason: str, work: Work) -> Application:
    """End an application, and with it its offer or placement; one that has ended already stays as it is."""
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
