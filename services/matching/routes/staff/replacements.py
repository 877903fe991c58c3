"""A place given by hand: that of a placement, to somebody else, or one that is free."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from services.matching import store
from services.matching.allocation import carry_out
from services.matching.routes.applications import InMatching, find_to_change
from services.matching.routes.looks import pages
from services.matching.routes.staff.concerned import concerned, faults_in_reason, find_offered
from services.matching.rules import replacements
from services.matching.rules.life import HOLDS_A_PLACE, Application, Change
from services.matching.rules.people import Student
from services.matching.rules.projects import ProjectInFull
from services.matching.rules.rounds import Round, who_holds_what
from shared.contracts.faults import Fault
from shared.contracts.fields import ApplicationId, ProjectId
from shared.refusals import NotFound
from shared.runtime.work import Work
from shared.web import Caller, FormIs, StaffIs, ViewerIs, redirect

routes = APIRouter(prefix="/staff/placements", default_response_class=HTMLResponse, include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Given:
    """What the form says."""

    application_id: str = ""
    reason: str = ""


NOTHING: Final = Given()


@dataclass(frozen=True, slots=True)
class Applicants:
    """A project with who applied to it: who has its places, and who may be offered one by hand."""

    project: ProjectInFull
    rounds: Sequence[Round]
    """Its round, and the second where there is one."""
    holding: Sequence[Application]
    candidates: Sequence[Application]
    students: Mapping[str, Student]

    @property
    def free(self) -> int:
        return 0 if self.project.withdrawn else max(0, self.project.places - len(self.holding))

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
    await work.lock(who_holds_what((await _applicants(project_id, work)).project.round_id))
    applicants = await _applicants(project_id, work)
    given = Given(form.line("application_id"), form.text("reason"))
    chosen = applicants.candidate(given.application_id)
    if (faults := _faults_in(given, chosen)) or chosen is None:
        return await _answer_places(applicants, request, caller, work, given=given, faults=faults)
    await carry_out(work, [_offer(chosen, applicants, given.reason, work, replaces=False)])
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
    await find_offered(application_id, work)
    placement = await find_to_change(application_id, work)
    applicants = await _applicants(placement.project_id, work)
    given = Given(form.line("application_id"), form.text("reason"))
    cancellation = _cancel(placement, given.reason, work)
    chosen = applicants.candidate(given.application_id)
    if (faults := _faults_in(given, chosen)) or chosen is None:
        return await _answer_replacement(placement, applicants, request, caller, work, given=given, faults=faults)
    offer = _offer(chosen, applicants, given.reason, work, replaces=True)
    await carry_out(work, [cancellation, offer])
    said = "The placement is cancelled, and its place is offered."
    return redirect(request, f"/staff/placements/{chosen.application_id}", said=said)


async def _applicants(project_id: str, work: Work) -> Applicants:
    project = (await store.projects.in_full(work.connection, [project_id])).get(project_id)
    if project is None:
        raise NotFound(f"No project {project_id} was approved.")
    rounds = await store.rounds.both(work.connection, project.round_id)
    applied = await store.applications.to_project(work.connection, project_id)
    student_ids = {each.student_id for each in applied}
    holders = await store.applications.holders(work.connection, project.round_id, student_ids)
    return Applicants(
        project=project,
        holding=[each for each in applied if each.state in HOLDS_A_PLACE],
        rounds=rounds,
        candidates=replacements.candidates(
            applied, matched={each.round_id for each in rounds if each.matched_at}, holders=holders
        ),
        students=await store.people.students(work.connection, student_ids),
    )


def _cancel(placement: Application, reason: str, work: Work) -> Change:
    return replacements.cancel_for(placement, reason, now=work.now)


def _offer(chosen: Application, applicants: Applicants, reason: str, work: Work, *, replaces: bool) -> Change:
    held = len(applicants.holding) - replaces
    return replacements.offer_by_hand(
        chosen,
        applicants.project,
        applicants.rounds,
        held=held,
        replaces=replaces,
        reason=reason,
        now=work.now,
    )


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
        round=next((each for each in applicants.rounds if each.round_id == applicants.project.round_id), None),
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
