"""Apply screening's verdicts to projects."""

from services.intake import rules, store
from services.intake.rules.projects import APPROVE, DECLINE, RETURN, ProjectState
from shared.contracts.message import subject
from shared.contracts.screening import ProjectApproved, ProjectDeclined, ProjectReturned
from shared.runtime.work import Work
from shared.workflow import Transition


def project_and_host(event: ProjectApproved) -> tuple[str, ...]:
    """The subjects to lock: the catalogue's row is made of the project and of facts of its host."""
    return event.subject, subject("host", event.host_id)


async def approve_project(event: ProjectApproved, work: Work) -> None:
    """Approve a project and list it in the catalogue. Its subjects, `project_and_host`, are locked."""
    await _settle(event, APPROVE, "", work)
    await store.catalogue.list_project(work.connection, event.project_id)


async def return_project(event: ProjectReturned, work: Work) -> None:
    await _settle(event, RETURN, event.comments, work)


async def decline_project(event: ProjectDeclined, work: Work) -> None:
    await _settle(event, DECLINE, event.comments, work)


async def _settle(
    event: ProjectApproved | ProjectReturned | ProjectDeclined,
    verdict: Transition[ProjectState],
    comments: str,
    work: Work,
) -> None:
    project = await store.projects.find(work.connection, event.project_id)
    if project is None:
        raise LookupError(f"screening decided on {event.project_id}, which intake does not know")
    if rules.projects.settles(verdict, event.revision, project):
        step = verdict.step(project.state, at=work.now, comments=comments)
        await store.projects.keep(work.connection, project.model_copy(update={"state": step.after}))
        await store.history.add(work.connection, event.subject, step, revision=project.revision)
