"""Pages on which a host sees and ranks its applicants.

Hosts do not see which preference a student gave. If they did, a host would rank by how likely a student is to accept,
and not by who suits the project; and students who foresee that could no longer say what they want.
"""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Path, Request, Response

from services.matching import store
from services.matching.actions import rankings
from services.matching.dependencies import PAGES, WorkIs, page_routes
from services.matching.rules.applicants import Applicants, MoveAsked
from services.matching.rules.rankings import Progress, fate
from shared.contracts.faults import Fault
from shared.contracts.fields import ProjectId
from shared.refusals import Invalid
from shared.web import Caller, FormIs, HostIs, is_htmx, redirect

routes = page_routes("/host/applicants")

OwnProject = Annotated[ProjectId, Path()]


@routes.get("")
async def show_projects(request: Request, host: HostIs, work: WorkIs) -> Response:
    """The host's projects: how many applied, and what the host has to do by when."""
    projects = await store.projects.of_host(work.connection, host.id)
    rounds = await store.rounds.of_ids(work.connection, {project.round_id for project in projects})
    newest_first = sorted(rounds.values(), key=lambda each: each.offers_at, reverse=True)
    progress: dict[str, Progress] = {}
    for round_ in rounds.values():
        progress |= await rankings.progress_of_projects(projects, round_, work)
    by_round = [(each, [project for project in projects if project.round_id == each.round_id]) for each in newest_first]
    return PAGES.answer(request, host, "applicants.jinja", rounds=by_round, progress=progress)


@routes.get("/{project_id}")
async def show_applicants(project_id: OwnProject, request: Request, host: HostIs, work: WorkIs) -> Response:
    """The applicants of one project, to be ranked; once the match is made, what became of them."""
    return _show(request, host, await rankings.applicants_of_project(project_id, host.id, work))


@routes.post("/{project_id}/order")
async def move_applicant(
    project_id: OwnProject, form: FormIs, request: Request, host: HostIs, work: WorkIs
) -> Response:
    """Move one applicant in the draft of the ranking, which is kept after every move."""
    application_id = form.line("application_id")
    asked = MoveAsked(application_id, form.line("move"), form.number("place"), form.text("reason"))
    try:
        await rankings.move_applicant(project_id, host.id, asked, work)
    except Invalid as refusal:
        applicants = await rankings.applicants_of_project(project_id, host.id, work)
        return _show(request, host, applicants, faults=refusal.faults, at_fault=application_id)
    applicants = await rankings.applicants_of_project(project_id, host.id, work)
    notice = _move_notice(applicants, application_id)
    if is_htmx(request):
        return _show(request, host, applicants, ranking_notice=notice)
    return redirect(request, f"/host/applicants/{project_id}", notice=notice)


@routes.post("/{project_id}/ranking")
async def send_ranking(project_id: OwnProject, form: FormIs, request: Request, host: HostIs, work: WorkIs) -> Response:
    """Send the ranking as it was shown. It counts until another one is sent, which is possible until the match."""
    as_shown, leave_out = form.line("order").split(), form.flag("leave_out")
    try:
        sent = await rankings.send_ranking(project_id, host.id, as_shown, work, leave_out=leave_out)
    except Invalid as refusal:
        applicants = await rankings.applicants_of_project(project_id, host.id, work)
        return _show(request, host, applicants, faults=refusal.faults)
    if not sent:
        applicants = await rankings.applicants_of_project(project_id, host.id, work)
        return _show(request, host, applicants, changed_meanwhile=True)
    notice = "Your ranking is sent. You can change it and send it again until offers go out."
    return redirect(request, f"/host/applicants/{project_id}", notice=notice)


def _move_notice(applicants: Applicants, application_id: str) -> str:
    """What a move did, in words, for those who cannot see the change."""
    name, place = applicants.name_of(application_id), applicants.order.place_of(application_id)
    if place:
        return f"{name} is now {place} of {len(applicants.order.ranked)}. Saved."
    if application_id in applicants.order.not_suitable:
        return f"{name} is marked as not suitable. Saved."
    return f"{name} is back among those to be decided. Saved."


def _show(
    request: Request,
    host: Caller,
    applicants: Applicants,
    *,
    faults: Sequence[Fault] = (),
    at_fault: str = "",
    changed_meanwhile: bool = False,
    ranking_notice: str = "",
) -> Response:
    return PAGES.answer(
        request,
        host,
        "applicants_of_project.jinja",
        status=409 if changed_meanwhile else 422 if faults else 200,
        applicants=applicants,
        fate=fate,
        faults=faults,
        at_fault=at_fault,
        changed_meanwhile=changed_meanwhile,
        ranking_notice=ranking_notice,
    )
