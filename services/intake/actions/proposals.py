"""A host proposes or corrects a project, through its system or on our pages."""

from services.intake import rules, store
from services.intake.rules.projects import CORRECT, PROPOSE, Project
from services.intake.rules.rounds import Round
from services.intake.rules.submissions import Arrival
from shared.contracts.intake import ProjectSubmitted
from shared.contracts.submissions import ProjectProposal
from shared.runtime.work import Work


async def check_proposal(proposal: ProjectProposal, arrival: Arrival, work: Work) -> tuple[Round, Project | None]:
    """The round that a proposal is for, and the project that it corrects, if any; raises `Invalid` with all faults."""
    current = await store.projects.find(work.connection, proposal.project_id)
    round_ = rules.projects.check(
        proposal,
        sent_at=arrival.sent_at,
        rounds=await store.rounds.every(work.connection),
        host_known=await store.people.host_exists(work.connection, proposal.host_id),
        current=current,
    )
    return round_, current


async def take_proposal(proposal: ProjectProposal, arrival: Arrival, work: Work) -> None:
    """Check a proposal and submit it to screening; raises `Invalid` before it changes anything."""
    round_, current = await check_proposal(proposal, arrival, work)
    project = rules.projects.proposed(proposal, round_)
    step = CORRECT.step(current.state, at=work.now) if current else PROPOSE.step(None, at=work.now)
    await store.projects.keep(work.connection, project)
    await store.projects.add_revision(work.connection, project, sent_at=arrival.sent_at, received_at=work.now)
    await store.history.add(work.connection, proposal.subject, step, revision=project.revision)
    work.publish(ProjectSubmitted(round_id=project.round_id, **dict(proposal)))
