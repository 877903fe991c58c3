"""A place given by hand: that of a placement, to somebody else, or one that is free."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from services.matching import store
from services.matching.allocation import carry_out
from services.matching.routes.applications import InMatching
from services.matching.routes.looks import pages
from services.matching.routes.staff.concerned import concerned, faults_in_reason, find_offered
from services.matching.rules import replacements
from services.matching.rules.life import HOLDS_A_PLACE, Application, Change
from services.matching.rules.people import Student
from services.matching.rules.projects import ProjectInFull
from services.matching.rules.rounds import who_holds_what
from shared.contracts.fields import ApplicationId, ProjectId
from shared.contracts.intake import Fault
from shared.runtime.work import Work
from shared.web import Caller, Conflict, FormIs, NotFound, StaffIs, ViewerIs, redirect
from shared.workflow import NotAllowed

routes = APIRouter(prefix="/staff/placements", default_response_class=HTMLResponse, include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Given:
    """What the form says."""

    application_id: str = ""
    reason: str = ""


NOTHING: Final = Given()


@dataclass(frozen=True, slots=True)
class Applicants:
    """A project with who applied to it: who has its places, how many are free, and who may be offered one by hand."""

    project: ProjectInFull
    holding: Sequence[Application]
    free: int
    candidates: Sequence[Application]
    students: Mapping[str, Student]

    def candidate(self, application_id: str) -> Application | None:
        return next((each for each in self.candidates if each.application_id == application_id), None)


@routes.get("/projects/{project_id}")
async def show_places(project_id: ProjectId, request: Request, caller: ViewerIs, work: InMatching) -> HTMLResponse:
    """A project's places: who has them, and who may be offered one that is free."""
    return await _answer_places(await _applicants(project_id, work), request, caller, work)


@routes.post("/projects/{project_id}")
async def offer_free_place(
    project_id: ProjectId, form: FormIs, request: Request, caller: StaffIs, work: InMatching
) -> Response:
    """Offer a free place to an applicant of staff's choice."""
    await _lock_rounds(await _applicants(project_id, work), work)
    applicants = await _applicants(project_id, work)
    given = Given(form.line("application_id"), form.text("reason"))
    chosen = applicants.candidate(given.application_id)
    if (faults := _faults_in(given, chosen)) or chosen is None:
        return await _answer_places(applicants, request, caller, work, given=given, faults=faults)
    await carry_out(work, [await _offer(chosen, applicants, given.reason, work)])
    return redirect(request, f"/staff/placements/{chosen.application_id}", said="The place is offered.")


@routes.get("/{application_id}/replace")
async def choose_replacement(
    application_id: ApplicationId, request: Request, caller: StaffIs, work: InMatching
) -> HTMLResponse:
    """Who may be offered the place of a placement, before anything is done to it."""
    placement = await find_offered(application_id, work)
    _cancel(placement, "", work)
    return await _answer_replacement(placement, await _applicants(placement.project_id, work), request, caller, work)


@routes.post("/{application_id}/replace")
async def replace_placement(
    application_id: ApplicationId, form: FormIs, request: Request, caller: StaffIs, work: InMatching
) -> Response:
    """Cancel a placement and offer its place to an applicant of staff's choice, in one."""
    project_id = (await find_offered(application_id, work)).project_id
    await _lock_rounds(await _applicants(project_id, work), work)
    placement, applicants = await find_offered(application_id, work), await _applicants(project_id, work)
    given = Given(form.line("application_id"), form.text("reason"))
    cancellation = _cancel(placement, given.reason, work)
    chosen = applicants.candidate(given.application_id)
    if (faults := _faults_in(given, chosen)) or chosen is None:
        return await _answer_replacement(placement, applicants, request, caller, work, given=given, faults=faults)
    offer = await _offer(chosen, applicants, given.reason, work, set_free=1)
    await carry_out(work, [cancellation, offer])
    said = "The placement is cancelled, and its place is offered."
    return redirect(request, f"/staff/placements/{chosen.application_id}", said=said)


async def _applicants(project_id: str, work: Work) -> Applicants:
    project = (await store.projects.in_full(work.connection, [project_id])).get(project_id)
    if project is None:
        raise NotFound(f"No project {project_id} was approved.")
    applied = await store.applications.to_project(work.connection, project_id)
    student_ids = {each.student_id for each in applied}
    holders = await store.applications.holders(work.connection, project.round_id, student_ids)
    return Applicants(
        project=project,
        holding=[each for each in applied if each.state in HOLDS_A_PLACE],
        free=(await store.projects.free_places(work.connection, [project_id])).get(project_id, 0),
        candidates=replacements.candidates(applied, holders),
        students=await store.people.students(work.connection, student_ids),
    )


async def _lock_rounds(applicants: Applicants, work: Work) -> None:
    """Wait until nobody else changes who holds what in the rounds of a project."""
    round_ids = {applicants.project.round_id, *(each.round_id for each in applicants.candidates)}
    await work.lock(*(who_holds_what(round_id) for round_id in round_ids))


def _cancel(placement: Application, reason: str, work: Work) -> Change:
    try:
        return replacements.cancel_for(placement, reason, now=work.now)
    except NotAllowed as refused:
        raise Conflict(str(refused)) from refused


async def _offer(chosen: Application, applicants: Applicants, reason: str, work: Work, *, set_free: int = 0) -> Change:
    """The offer to whom staff chose; `set_free` places become free with it."""
    round_ = await store.rounds.find(work.connection, chosen.round_id)
    if round_ is None:
        raise NotFound(f"The round {chosen.round_id} is not known yet.")
    free = applicants.free + set_free
    try:
        return replacements.offer_by_hand(
            chosen, applicants.project, round_, free_places=free, reason=reason, now=work.now
        )
    except NotAllowed as refused:
        raise Conflict(str(refused)) from refused


def _faults_in(given: Given, chosen: Application | None) -> list[Fault]:
    faults = faults_in_reason(given.reason)
    if chosen is None:
        reason = "Choose one of these applicants: nobody else can be offered the place now."
        faults.insert(0, Fault(field="application_id", reason=reason))
    return faults


async def _answer_places(
    applicants: Applicants,
    request: Request,
    caller: Caller,
    work: Work,
    *,
    given: Given = NOTHING,
    faults: Sequence[Fault] = (),
) -> HTMLResponse:
    hosts = await store.people.hosts(work.connection, [applicants.project.host_id])
    return pages.answer(
        request,
        caller,
        "staff/places.jinja",
        status=422 if faults else 200,
        applicants=applicants,
        host=hosts.get(applicants.project.host_id),
        round=await store.rounds.find(work.connection, applicants.project.round_id),
        given=given,
        faults=faults,
    )


async def _answer_replacement(
    placement: Application,
    applicants: Applicants,
    request: Request,
    caller: Caller,
    work: Work,
    *,
    given: Given = NOTHING,
    faults: Sequence[Fault] = (),
) -> HTMLResponse:
    return pages.answer(
        request,
        caller,
        "staff/replace_placement.jinja",
        status=422 if faults else 200,
        applicants=applicants,
        given=given,
        faults=faults,
        **await concerned(placement, work),
    )
