"""Projects: every one that a host proposed, with its revisions and what happened to it."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from services.intake import store
from services.intake.actions.lookups import find_listed_project
from services.intake.actions.withdrawals import withdraw_project
from services.intake.api.models import HistoryStep, Withdrawal
from services.intake.dependencies import WorkIs
from services.intake.rules.projects import ListedProject, Project, ProjectRevision, ProjectState
from shared.contracts.fields import Line, ProjectId, RoundId
from shared.contracts.message import subject
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
    work: WorkIs, round_id: RoundId | None = None, state: ProjectState | None = None, sector: Line | None = None
) -> list[ListedProject]:
    """Projects, each with its current revision; of a round, in a state and of a sector, where these are given."""
    return await store.projects.listed(work.connection, round_id=round_id, state=state, sector=sector)


@routes.get("/projects/{project_id}")
async def show_project(project_id: ProjectId, work: WorkIs) -> ProjectInFull:
    """A project in all its revisions, and what happened to it."""
    project = await find_listed_project(project_id, work)
    history = await store.history.of(work.connection, subject("project", project_id))
    return ProjectInFull(
        **dict(project),
        revisions=await store.projects.revisions(work.connection, project_id),
        history=[ProjectHistoryStep(**step) for step in history],
    )


@routes.post("/projects/{project_id}/withdrawal")
async def post_project_withdrawal(project_id: ProjectId, withdrawal: Withdrawal, work: WorkIs) -> Project:
    """Withdraw a project for its host, and with it all its applications, offers and placements.

    A second request changes nothing.
    """
    return await withdraw_project(project_id, withdrawal.reason, work)
