"""Projects are approved, changed, and withdrawn with their applications, offers and placements."""

from services.matching import store
from services.matching.actions.changes import carry_out, offer_places_on
from services.matching.rules import endings
from services.matching.rules.rankings import Project
from shared.contracts.intake import ProjectSubmitted, ProjectWithdrawn
from shared.contracts.screening import ProjectApproved
from shared.refusals import NotFound
from shared.runtime.work import Work


async def keep_template(event: ProjectSubmitted, work: Work) -> None:
    """Keep what a project is like, approved or not."""
    await store.projects.keep_template(work.connection, event)


async def keep_project(event: ProjectApproved, work: Work) -> None:
    """Keep an approved project; if it has more places than before, these are offered on."""
    if await store.projects.keep(work.connection, event):
        await offer_places_on(event.project_id, event.round_id, work)


async def withdraw_project(event: ProjectWithdrawn, work: Work) -> None:
    """End a project's applications, offers and placements."""
    await store.projects.keep_withdrawal(work.connection, event.project_id, work.now)
    applications = await store.applications.to_project(work.connection, event.project_id)
    await carry_out(endings.withdraw_project(applications, event.reason, now=work.now), work)


async def find_project(project_id: str, work: Work) -> Project:
    """An approved project, in the round in which it takes part now; raises `NotFound`."""
    project = await store.projects.find(work.connection, project_id)
    if project is None:
        raise NotFound(f"No project {project_id} was approved.")
    return project
