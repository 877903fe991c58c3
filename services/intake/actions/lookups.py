"""What somebody asks for by its id; raises `NotFound` where there is none that they may know of."""

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
    """With what it is found by."""
    found = await store.projects.listed(work.connection, project_id=project_id)
    if not found:
        raise _no_project(project_id)
    return found[0]


async def own_project(project_id: str, host_id: str, work: Work) -> ListedProject:
    """A host's project; another host's is not found, as if there were none."""
    found = await store.projects.listed(work.connection, project_id=project_id, host_id=host_id)
    if not found:
        raise NotFound("You have no project of this id.")
    return found[0]


async def find_application(application_id: str, work: Work) -> Application:
    application = await store.applications.find(work.connection, application_id)
    if application is None:
        raise NotFound(f"No application {application_id} has passed the door.")
    return application


async def own_application(application_id: str, student_id: str, work: Work) -> Application:
    """A student's application; another student's is not found, as if there were none."""
    application = await store.applications.find(work.connection, application_id)
    if application is None or application.student_id != student_id:
        raise NotFound("You have made no application of this id.")
    return application


def _no_project(project_id: str) -> NotFound:
    return NotFound(f"No project {project_id} has passed the door.")
