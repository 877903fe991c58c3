"""Pages on which staff give a place by hand: one that is free, or that of a placement."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from services.matching import store
from services.matching.actions import replacements
from services.matching.actions.applications import find_offered
from services.matching.dependencies import PAGES, WorkIs, page_routes
from services.matching.rules.replacements import check_confirmed
from services.matching.web.staff.placement_context import placement_context
from shared.contracts.faults import Fault
from shared.contracts.fields import ApplicationId, ProjectId
from shared.refusals import Invalid
from shared.runtime.work import Work
from shared.web import Caller, FormIs, StaffIs, Submitted, ViewerIs, redirect

routes = page_routes("/staff/placements")


@dataclass(frozen=True, slots=True)
class Given:
    """The form's fields."""

    application_id: str = ""
    reason: str = ""


NOTHING: Final = Given()


@routes.get("/projects/{project_id}")
async def show_places(project_id: ProjectId, request: Request, caller: ViewerIs, work: WorkIs) -> HTMLResponse:
    """A project's places: who has them, and who can be offered a free one."""
    return await _answer_places(project_id, request, caller, work)


@routes.post("/projects/{project_id}")
async def offer_free_place(
    project_id: ProjectId, form: FormIs, request: Request, caller: StaffIs, work: WorkIs
) -> Response:
    """Offer a free place to an applicant of staff's choice."""
    given = _given(form)
    try:
        await replacements.offer_free_place(project_id, given.application_id, given.reason, work)
    except Invalid as refusal:
        return await _answer_places(project_id, request, caller, work, given=given, faults=refusal.faults)
    return redirect(request, f"/staff/placements/{given.application_id}", notice="The place is offered.")


@routes.get("/{application_id}/replace")
async def choose_replacement(
    application_id: ApplicationId, request: Request, caller: StaffIs, work: WorkIs
) -> HTMLResponse:
    """The page on which staff choose who is offered the place of a placement; nothing has changed yet."""
    check_confirmed(await find_offered(application_id, work))
    return await _answer_replacement(application_id, request, caller, work)


@routes.post("/{application_id}/replace")
async def replace_placement(
    application_id: ApplicationId, form: FormIs, request: Request, caller: StaffIs, work: WorkIs
) -> Response:
    """Cancel a placement and offer its place to an applicant of staff's choice, in one step."""
    given = _given(form)
    try:
        await replacements.replace_placement(application_id, given.application_id, given.reason, work)
    except Invalid as refusal:
        return await _answer_replacement(application_id, request, caller, work, given=given, faults=refusal.faults)
    notice = "The placement is cancelled, and its place is offered."
    return redirect(request, f"/staff/placements/{given.application_id}", notice=notice)


def _given(form: Submitted) -> Given:
    return Given(form.line("application_id"), form.text("reason"))


async def _answer_places(
    project_id: str,
    request: Request,
    caller: Caller,
    work: Work,
    *,
    given: Given = NOTHING,
    faults: Sequence[Fault] = (),
) -> HTMLResponse:
    places = await replacements.places_of_project(project_id, work)
    hosts = await store.people.hosts(work.connection, [places.project.host_id])
    return PAGES.answer(
        request,
        caller,
        "staff/places.jinja",
        status=422 if faults else 200,
        applicants=places,  # not `places`: the layout uses that name for its navigation
        host=hosts.get(places.project.host_id),
        round=next((each for each in places.rounds if each.round_id == places.project.round_id), None),
        given=given,
        faults=faults,
    )


async def _answer_replacement(
    application_id: str,
    request: Request,
    caller: Caller,
    work: Work,
    *,
    given: Given = NOTHING,
    faults: Sequence[Fault] = (),
) -> HTMLResponse:
    placement = await find_offered(application_id, work)
    return PAGES.answer(
        request,
        caller,
        "staff/replace_placement.jinja",
        status=422 if faults else 200,
        applicants=await replacements.places_of_project(placement.project_id, work),
        given=given,
        faults=faults,
        **await placement_context(placement, work),
    )
