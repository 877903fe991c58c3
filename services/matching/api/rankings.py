"""Rankings: the order in which a host would take its applicants."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from services.matching import store
from services.matching.actions.projects import find_project
from services.matching.actions.rankings import give_ranking
from services.matching.dependencies import WorkIs
from services.matching.rules.life import STANDS, State
from services.matching.rules.orders import Order
from services.matching.rules.rankings import LONGEST_REASON
from shared.contracts.fields import ApplicationId, HostId, Moment, Places, ProjectId, RoundId, StudentId, Title
from shared.web import StaffOnly

routes = APIRouter(tags=["rankings"], dependencies=[StaffOnly])


class Applicant(BaseModel):
    """An application that stands, as its host sees it: without the student's preference, which hosts never see."""

    model_config = ConfigDict(from_attributes=True)

    application_id: ApplicationId
    student_id: StudentId
    received_at: Moment


class Ranking(BaseModel):
    """A project's applicants, and how its host ranks them."""

    project_id: ProjectId
    round_id: RoundId
    host_id: HostId
    title: Title
    places: Places
    applicants: Annotated[list[Applicant], Field(description="Those that stand, in the order of receipt.")]
    application_ids: Annotated[
        list[ApplicationId],
        Field(description="The current ranking, best first, without those withdrawn since; others are not suitable."),
    ]
    not_suitable: Annotated[
        dict[ApplicationId, str], Field(description="Why some were left out of the ranking, in the host's words.")
    ]
    received_at: Annotated[Moment | None, Field(description="When the ranking was received; null while there is none.")]


ReasonForStaff = Annotated[str, Field(max_length=LONGEST_REASON, pattern=r"^[^\x00]*$")]


class RankingGiven(BaseModel):
    """A host's order of its applicants."""

    model_config = ConfigDict(extra="forbid")

    application_ids: Annotated[
        list[ApplicationId], Field(description="Best first; those left out are not suitable.", examples=[["A000042"]])
    ]
    not_suitable: Annotated[
        dict[ApplicationId, ReasonForStaff],
        Field(description="Why, for some or all of those left out; students never see it.", examples=[{"A000043": ""}]),
    ] = {}


@routes.get("/rankings/{project_id}")
async def read_ranking(project_id: ProjectId, work: WorkIs) -> Ranking:
    """A project's applicants whose applications stand, and its current ranking."""
    project = await find_project(project_id, work)
    current = await store.rankings.current(work.connection, project_id)
    ranked = current.application_ids if current else ()
    applications = await store.applications.to_project(work.connection, project_id)
    withdrawn = {each.application_id for each in applications if each.state is State.WITHDRAWN}
    return Ranking(
        project_id=project.project_id,
        round_id=project.round_id,
        host_id=project.host_id,
        title=project.title,
        places=project.places,
        applicants=[Applicant.model_validate(each) for each in applications if each.state in STANDS],
        application_ids=[application_id for application_id in ranked if application_id not in withdrawn],
        not_suitable=dict(current.not_suitable) if current else {},
        received_at=current.received_at if current else None,
    )


@routes.put("/rankings/{project_id}")
async def rank_applicants(project_id: ProjectId, given: RankingGiven, work: WorkIs) -> Ranking:
    """Rank a project's applicants, in place of the ranking before; possible until the match is made."""
    await give_ranking(project_id, Order(tuple(given.application_ids), given.not_suitable), work)
    return await read_ranking(project_id, work)
