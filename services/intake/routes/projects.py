"""Projects: what students may apply for, and all that became of what hosts proposed."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from services.intake import store
from services.intake.routes.door import HistoryStep, InIntake, Withdrawal
from services.intake.rules.projects import ListedProject, Project, ProjectRevision, ProjectState
from services.intake.withdrawals import withdraw_project
from shared.contracts.fields import Line, ProjectId, RoundId
from shared.contracts.message import subject
from shared.refusals import NotFound
from shared.web import StaffOnly

routes = APIRouter(tags=["projects"], dependencies=[StaffOnly])


class ProjectHistoryStep(HistoryStep):
    """What happened to a revision of a project."""

    revision: int


class ProjectInFull(ListedProject):
    """A project in all its revisions, and what happened to it."""

    revisions: Annotated[list[ProjectRevision], Field(description="The first one first.")]
    history: Annotated[list[ProjectHistoryStep], Field(description="The first step first.")]


@routes.get("/projects")
async def list_projects(
    work: InIntake, round_id: RoundId | None = None, state: ProjectState | None = None, sector: Line | None = None
) -> list[ListedProject]:
    """The projects of a round, in a state, of a sector; each with its current revision."""
    return await store.projects.listed(work.connection, round_id=round_id, state=state, sector=sector)


@routes.get("/projects/{project_id}")
async def show_project(project_id: ProjectId, work: InIntake) -> ProjectInFull:
    """A project in all its revisions, and what happened to it."""
    found = await store.projects.listed(work.connection, project_id=project_id)
    if not found:
        raise _not_found(project_id)
    history = await store.history.of(work.connection, subject("project", project_id))
    return ProjectInFull(
        **dict(found[0]),
        revisions=await store.projects.revisions(work.connection, project_id),
        history=[ProjectHistoryStep(**step) for step in history],
    )


@routes.post("/projects/{project_id}/withdrawal")
async def post_project_withdrawal(project_id: ProjectId, withdrawal: Withdrawal, work: InIntake) -> Project:
    """Take a project back for its host, and with it all that was applied for, offered or placed there.

    A second time it changes nothing.
    """
    await work.lock(subject("project", project_id))
    project = await store.projects.find(work.connection, project_id)
    if project is None:
        raise _not_found(project_id)
    return await withdraw_project(project, withdrawal.reason, work)


def _not_found(project_id: str) -> NotFound:
    return NotFound(f"No project {project_id} has passed the door.")
