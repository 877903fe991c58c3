"""Whether a proposal is complete and in time, and the states of a project."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict

from services.intake.rules.rounds import Round, faults_in_time, round_for_proposals, submissions_window
from services.intake.rules.submissions import one_per_field
from shared.contracts.faults import Fault
from shared.contracts.fields import HostId, Line, Moment, Organisation, ProjectId, Revision, RoundId
from shared.contracts.intake import PlacementWeek
from shared.contracts.submissions import ProjectProposal, ProjectTemplate
from shared.refusals import Invalid
from shared.workflow import Transition

DAYS = range(2, 6)
"""How many working days a placement may last."""


class ProjectState(StrEnum):
    UNDER_REVIEW = "under_review"
    RETURNED = "returned"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Project(BaseModel):
    """A project as it stands, with its current revision."""

    model_config = ConfigDict(frozen=True)

    project_id: ProjectId
    round_id: RoundId
    host_id: HostId
    revision: Revision
    state: ProjectState
    template: ProjectTemplate


class ListedProject(Project):
    """A project with its host's name and sector."""

    organisation: Organisation
    sector: Line


class ProjectRevision(BaseModel):
    """A revision of a project, as its host sent it."""

    revision: Revision
    template: ProjectTemplate
    sent_at: Moment
    received_at: Moment


_OPEN = (ProjectState.UNDER_REVIEW, ProjectState.RETURNED)
_WAITING = (ProjectState.UNDER_REVIEW,)

PROPOSE: Final = Transition("propose", before=(None,), after=ProjectState.UNDER_REVIEW, by="host")
CORRECT: Final = Transition("correct", before=_OPEN, after=ProjectState.UNDER_REVIEW, by="host")
APPROVE: Final = Transition("approve", before=_WAITING, after=ProjectState.APPROVED, by="staff")
RETURN: Final = Transition("return", before=_WAITING, after=ProjectState.RETURNED, by="staff")
DECLINE: Final = Transition("decline", before=_WAITING, after=ProjectState.DECLINED, by="staff")
WITHDRAW: Final = Transition(
    "withdraw", before=(*_OPEN, ProjectState.APPROVED), after=ProjectState.WITHDRAWN, by="host"
)

CORRECTED_TOO_LATE = {
    ProjectState.APPROVED: "The project is approved and is no longer corrected: withdraw it and propose another.",
    ProjectState.DECLINED: "The project was declined: propose another, under an id of its own.",
    ProjectState.WITHDRAWN: "The project was withdrawn: propose another, under an id of its own.",
}


def check(
    proposal: ProjectProposal,
    *,
    sent_at: datetime,
    rounds: Sequence[Round],
    host_known: bool,
    current: Project | None,
) -> Round:
    """The round that a valid proposal is for; raises `Invalid` with every fault.

    `current` is the project as it stands, if the proposal corrects one.
    """
    round_ = round_for_proposals(rounds, sent_at, current.round_id if current else None)
    faults = [
        *faults_in_time(round_, sent_at, submissions_window, "proposals"),
        *_faults_in_host(proposal, host_known, current),
        *_faults_in_revision(proposal, current),
        *_faults_in_content(proposal),
        *(_faults_in_week(proposal, round_) if round_ else ()),
    ]
    if faults or round_ is None:
        raise Invalid(one_per_field(faults))
    return round_


def proposed(proposal: ProjectProposal, round_: Round) -> Project:
    """The project that a valid proposal makes."""
    return Project(
        project_id=proposal.project_id,
        round_id=round_.round_id,
        host_id=proposal.host_id,
        revision=proposal.revision,
        state=ProjectState.UNDER_REVIEW,
        template=ProjectTemplate(**proposal.model_dump(include=set(ProjectTemplate.model_fields))),
    )


def last_day(template: ProjectTemplate) -> date:
    """The last day of a placement, whose days follow one another."""
    return template.starts_on + timedelta(days=template.days - 1)


def settles(verdict: Transition[ProjectState], revision: int, project: Project) -> bool:
    """Whether a verdict still matters: it is on the current revision, and nothing has ended the project meanwhile."""
    return revision == project.revision and project.state in verdict.before


def _faults_in_host(proposal: ProjectProposal, host_known: bool, current: Project | None) -> list[Fault]:
    if not host_known:
        return [Fault(field="host_id", reason="No host of this id is known: register the host first.")]
    if current and current.host_id != proposal.host_id:
        return [Fault(field="host_id", reason="The project is another host's: propose under an id of its own.")]
    return []


def _faults_in_revision(proposal: ProjectProposal, current: Project | None) -> list[Fault]:
    if current is None or current.host_id != proposal.host_id:
        return []
    if current.state not in CORRECT.before:
        return [Fault(field="revision", reason=CORRECTED_TOO_LATE[current.state])]
    if proposal.revision <= current.revision:
        return [
            Fault(field="revision", reason=f"Revision {current.revision} is known: a correction has a higher number.")
        ]
    return []


def _faults_in_content(template: ProjectTemplate) -> list[Fault]:
    faults = []
    if not template.title.strip():
        faults.append(Fault(field="title", reason="Give the project a title."))
    if not template.mode.strip():
        faults.append(Fault(field="mode", reason="Say whether it is in person, remote or hybrid."))
    if not template.scope.strip():
        faults.append(Fault(field="scope", reason="Say what the project is and what it is not."))
    if not any(task.strip() for task in template.tasks):
        faults.append(Fault(field="tasks", reason="Name at least one task that the student will do."))
    if not any(deliverable.strip() for deliverable in template.deliverables):
        faults.append(Fault(field="deliverables", reason="Name at least one thing that will exist at the end."))
    if not template.supervisor_name.strip():
        faults.append(Fault(field="supervisor_name", reason="Name who supervises the student."))
    if template.places < 1:
        faults.append(Fault(field="places", reason="Offer at least one place."))
    if template.days not in DAYS:
        faults.append(Fault(field="days", reason=f"A placement lasts {DAYS[0]} to {DAYS[-1]} working days."))
    return faults


def _faults_in_week(template: ProjectTemplate, round_: Round) -> list[Fault]:
    week = next((week for week in round_.weeks if week.week == template.week), None)
    if week is None:
        weeks = " or ".join(str(each.week) for each in round_.weeks)
        return [Fault(field="week", reason=f"Placements of {round_.name} are in week {weeks}.")]
    if template.days not in DAYS or _fits(template, week):
        return []
    reason = (
        f"In week {week.week}, {template.days} days must start from {week.starts_on:%-d %B %Y} "
        f"and end by {week.ends_on:%-d %B %Y}."
    )
    return [Fault(field="starts_on", reason=reason)]


def _fits(template: ProjectTemplate, week: PlacementWeek) -> bool:
    return week.starts_on <= template.starts_on <= week.ends_on - timedelta(days=template.days - 1)
