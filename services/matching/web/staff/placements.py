"""Pages on which staff search for placements, read and cancel them."""

from collections.abc import Mapping, Sequence

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from services.matching import store
from services.matching.actions import placements
from services.matching.actions.applications import find_offered
from services.matching.dependencies import PAGES, WorkIs, page_routes
from services.matching.rules import endings
from services.matching.rules.attendance import working_days
from services.matching.rules.life import CANCEL, Application
from services.matching.rules.placements import Shown, Wanted
from services.matching.rules.reasons import faults_in_reason_of_staff
from services.matching.rules.rounds import Round
from services.matching.web.staff.placement_context import placement_context
from shared.contracts.faults import Fault
from shared.contracts.fields import ApplicationId
from shared.runtime.work import Work
from shared.web import Caller, FormIs, StaffIs, ViewerIs, redirect
from shared.web.paging import PAGE, Paged, PageIs, WordsAre, address

routes = page_routes("/staff/placements")


@routes.get("")
async def list_placements(
    request: Request,
    caller: ViewerIs,
    work: WorkIs,
    show: Shown = Shown.PLACEMENTS,
    q: WordsAre = "",
    round_id: str = "",
    week: str = "",
    page: PageIs = 1,
) -> HTMLResponse:
    """Placements and offers, searched by words, state, round and week."""
    rounds = await store.rounds.every(work.connection)
    weeks = {each.starts_on.isoformat(): each for round_ in rounds for each in round_.weeks}
    wanted = Wanted(show, tuple(q.split()), round_id, weeks.get(week))
    rows, total = await store.placements.search(work.connection, wanted, page, size=PAGE)
    return PAGES.answer(
        request,
        caller,
        "staff/placements.jinja",
        found=Paged(rows, total, page),
        asked={"show": show.value, "q": q, "round_id": round_id, "week": week},
        rounds=rounds,
        weeks=weeks,
        address=address(request.url.path, show=show, q=q, round_id=round_id, week=week),
    )


@routes.get("/{application_id}")
async def show_placement(
    application_id: ApplicationId, request: Request, caller: ViewerIs, work: WorkIs
) -> HTMLResponse:
    """A placement or an offer, with its whole history."""
    placement = await find_offered(application_id, work)
    steps = await store.applications.steps(work.connection, [application_id])
    attendance = await store.attendance.of(work.connection, [application_id])
    return PAGES.answer(
        request,
        caller,
        "staff/placement.jinja",
        steps=steps[application_id],
        attendance=attendance.get(application_id, {}),
        days=working_days(placement.days) if placement.days else [],
        **await placement_context(placement, work),
    )


@routes.get("/{application_id}/cancel")
async def confirm_cancellation(
    application_id: ApplicationId, request: Request, caller: StaffIs, work: WorkIs
) -> HTMLResponse:
    """The page that shows what a cancellation brings about, and asks staff to confirm it."""
    placement = await find_offered(application_id, work)
    endings.check_placed(placement)
    return await _answer_cancellation(placement, request, caller, work, typed={"by": "", "reason": ""})


@routes.post("/{application_id}/cancel")
async def cancel_placement(
    application_id: ApplicationId, form: FormIs, request: Request, caller: StaffIs, work: WorkIs
) -> Response:
    """Cancel a placement on behalf of whoever cannot go through with it; its place is offered on."""
    placement = await find_offered(application_id, work)
    by, reason = form.line("by"), form.text("reason")
    canceller = next((each for each in CANCEL if each == by), None)
    faults = faults_in_reason_of_staff(reason)
    if canceller is None:
        faults.insert(0, Fault(field="by", reason="Say who cannot go through with it."))
    if canceller is None or faults:
        typed = {"by": by, "reason": reason}
        return await _answer_cancellation(placement, request, caller, work, typed=typed, faults=faults)
    await placements.cancel_placement(application_id, canceller, reason, work)
    return redirect(request, f"/staff/placements/{application_id}", notice="The placement is cancelled.")


async def _answer_cancellation(
    placement: Application,
    request: Request,
    caller: Caller,
    work: Work,
    *,
    typed: Mapping[str, str],
    faults: Sequence[Fault] = (),
) -> HTMLResponse:
    facts = await placement_context(placement, work)
    next_in_line = await _next_in_line(placement, facts["round"], work)
    return PAGES.answer(
        request,
        caller,
        "staff/cancel_placement.jinja",
        status=422 if faults else 200,
        next_in_line=next_in_line,
        next_name=await _name_of(next_in_line, work) if next_in_line else "",
        typed=typed,
        faults=faults,
        **facts,
    )


async def _next_in_line(placement: Application, round_: Round | None, work: Work) -> Application | None:
    """The application that would be offered the place if the placement were cancelled now; none if it stays free."""
    if round_ is None or not round_.offers_on(work.now):
        return None
    in_line = await store.applications.in_line(
        work.connection, placement.round_id, project_ids=[placement.project_id], student_ids=[]
    )
    return min(in_line, key=lambda each: each.rank or 0, default=None)


async def _name_of(application: Application, work: Work) -> str:
    students = await store.people.students(work.connection, [application.student_id])
    student = students.get(application.student_id)
    return student.name if student else application.student_id
