"""Look something up by its id; raises `NotFound` if there is none that the caller may know of."""

from services.intake import store
from services.intake.rules.applications import Application
from services.intake.rules.projects import ListedProject, Project
from services.intake.rules.rounds import Round
from shared.refusals import NotFound
from shared.runtime.work import Work


async def find_round(round_id: str, work: Work) -> Round:
    round_ = await store.rounds.find(work.connection, round_id)
    if round_ is None:
        raise NotFound(f"There is no round {round_id}.")
    return round_


async def find_project(project_id: str, work: Work) -> Project:
    project = await store.projects.find(work.connection, project_id)
    if project is None:
        raise _no_project(project_id)
    return project


async def find_listed_project(project_id: str, work: Work) -> ListedProject:
    """A project with its host's name and sector."""
    found = await store.projects.listed(work.connection, project_id=project_id)
    if not found:
        raise _no_project(project_id)
    return found[0]


async def own_project(project_id: str, host_id: str, work: Work) -> ListedProject:
    """A host's own project; raises `NotFound` for another host's, as if there were none."""
    found = await store.projects.listed(work.connection, project_id=project_id, host_id=host_id)
    if not found:
        raise NotFound("You have no project of this id.")
    return found[0]


async def find_application(application_id: str, work: Work) -> Application:
    application = await store.applications.find(work.connection, application_id)
    if application is None:
        raise NotFound(f"There is no application {application_id}.")
    return application


async def own_application(application_id: str, student_id: str, work: Work) -> Application:
    """A student's own application; raises `NotFound` for another student's, as if there were none."""
    application = await store.applications.find(work.connection, application_id)
    if application is None or application.student_id != student_id:
        raise NotFound("You have made no application of this id.")
    return application


def _no_project(project_id: str) -> NotFound:
    return NotFound(f"There is no project {project_id}.")
