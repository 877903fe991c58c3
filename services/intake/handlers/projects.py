"""Proposals and their corrections, withdrawals, and what screening decided."""

from services.intake import rules, service, store
from services.intake.handlers.reception import receives
from services.intake.proposals import take_proposal
from services.intake.rules.projects import APPROVE, DECLINE, RETURN, ProjectState
from services.intake.rules.submissions import Arrival, Refused
from services.intake.withdrawals import withdraw_project
from shared.contracts.faults import Fault
from shared.contracts.message import subject
from shared.contracts.screening import ProjectApproved, ProjectDeclined, ProjectReturned
from shared.contracts.submissions import ProjectProposal, ProjectWithdrawal
from shared.runtime.work import Work
from shared.workflow import Transition

receives(ProjectProposal)(take_proposal)


@receives(ProjectWithdrawal)
async def take_project_back(withdrawal: ProjectWithdrawal, _arrival: Arrival, work: Work) -> None:
    project = await store.projects.find(work.connection, withdrawal.project_id)
    if project is None:
        raise Refused([Fault(field="project_id", reason="No project of this id is known.")])
    await withdraw_project(project, withdrawal.reason, work)


def _listed_by(event: ProjectApproved) -> tuple[str, ...]:
    """The catalogue shows the project with facts of its host."""
    return event.subject, subject("host", event.host_id)


@service.on(ProjectApproved, changes=_listed_by)
async def approve_project(event: ProjectApproved, work: Work) -> None:
    await _settle(event, APPROVE, "", work)
    await store.catalogue.list_project(work.connection, event.project_id)


@service.on(ProjectReturned)
async def return_project(event: ProjectReturned, work: Work) -> None:
    await _settle(event, RETURN, event.comments, work)


@service.on(ProjectDeclined)
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
        raise LookupError(f"{event.project_id} was judged, but never passed the door")
    if rules.projects.settles(verdict, event.revision, project):
        step = verdict.step(project.state, at=work.now, comments=comments)
        await store.projects.keep(work.connection, project.model_copy(update={"state": step.after}))
        await store.history.add(work.connection, event.subject, step, revision=project.revision)
