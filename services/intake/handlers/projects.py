"""Proposals and their corrections, withdrawals, and what screening decided."""

from services.intake import rules, service, store
from services.intake.handlers.reception import judges, receives
from services.intake.rules.projects import APPROVE, CORRECT, DECLINE, PROPOSE, RETURN, Project, ProjectState
from services.intake.rules.rounds import Round
from services.intake.rules.submissions import Arrival, Refused
from services.intake.withdrawals import withdraw_project
from shared.contracts.intake import Fault, ProjectSubmitted
from shared.contracts.message import subject
from shared.contracts.screening import ProjectApproved, ProjectDeclined, ProjectReturned
from shared.contracts.submissions import ProjectProposal, ProjectWithdrawal
from shared.runtime.work import Work
from shared.workflow import Transition


@judges(ProjectProposal)
async def judge_proposal(proposal: ProjectProposal, arrival: Arrival, work: Work) -> tuple[Round, Project | None]:
    """The round that it is for, and the project that it corrects, if it does."""
    current = await store.projects.find(work.connection, proposal.project_id)
    round_ = rules.projects.check(
        proposal,
        sent_at=arrival.sent_at,
        rounds=await store.rounds.every(work.connection),
        host_known=await store.people.host_exists(work.connection, proposal.host_id),
        current=current,
    )
    return round_, current


@receives(ProjectProposal)
async def take_proposal(proposal: ProjectProposal, arrival: Arrival, work: Work) -> None:
    round_, current = await judge_proposal(proposal, arrival, work)
    project = rules.projects.proposed(proposal, round_)
    step = CORRECT.step(current.state, at=work.now) if current else PROPOSE.step(None, at=work.now)
    await store.projects.keep(work.connection, project)
    await store.projects.add_revision(work.connection, project, sent_at=arrival.sent_at, received_at=work.now)
    await store.history.add(work.connection, proposal.subject, step, revision=project.revision)
    work.publish(ProjectSubmitted(round_id=project.round_id, **dict(proposal)))


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
