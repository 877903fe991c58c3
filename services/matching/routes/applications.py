"""The application that an offer, a placement or a request is about."""

from typing import Annotated

from fastapi import Depends
from pydantic import BaseModel, ConfigDict

from services.matching import store
from services.matching.rules.life import Application
from services.matching.rules.rounds import who_holds_what
from shared.contracts.fields import ApplicationId, HostId, ProjectId, RoundId, StudentId
from shared.refusals import NotFound
from shared.runtime.work import Work
from shared.web import work_in

InMatching = Annotated[Work, Depends(work_in("matching"), scope="function")]


class OfApplication(BaseModel):
    """The ids that everything about an application carries."""

    model_config = ConfigDict(from_attributes=True)

    application_id: ApplicationId
    round_id: RoundId
    student_id: StudentId
    project_id: ProjectId
    host_id: HostId


async def find(application_id: str, work: Work) -> Application:
    """The application; raises `NotFound`."""
    application = await store.applications.find(work.connection, application_id)
    if application is None:
        raise NotFound(f"No application {application_id} was received.")
    return application


async def find_to_change(application_id: str, work: Work) -> Application:
    """The application as it is once nobody else changes what is held in its rounds; raises `NotFound`."""
    await work.lock(who_holds_what((await find(application_id, work)).round_id))
    return await find(application_id, work)
