"""A host's applicants, and how it ranks them: pages.

Hosts do not see which preference a student gave: a host would rank by how likely a yes is and not by who suits the
project, and students, foreseeing that, could no longer say what they want.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse

from services.matching import ranking, store
from services.matching.routes.applications import InMatching
from services.matching.routes.looks import pages
from services.matching.rules import rankings
from services.matching.rules.life import STANDS, Application, State
from services.matching.rules.orders import Order
from services.matching.rules.people import Student
from services.matching.rules.projects import ProjectInFull
from services.matching.rules.rankings import TAKES_RANKINGS, Progress, Ranking, Stage
from services.matching.rules.rounds import Round, who_holds_what
from shared.contracts.faults import Fault
from shared.contracts.fields import ProjectId
from shared.contracts.message import subject
from shared.refusals import NotAllowed, NotFound
from shared.runtime.work import Work
from shared.web import Caller, FormIs, HostIs, Submitted, is_htmx, redirect

routes = APIRouter(prefix="/host/applicants", include_in_schema=False, default_response_class=HTMLResponse)

OwnProject = Annotated[ProjectId, Path()]


class Move(StrEnum):
    """What a host does with one applicant."""

    UP = "up"
    DOWN = "down"
    TO = "to"
    LAST = "last"
    ASIDE = "aside"
    BACK = "back"


@dataclass(frozen=True)
class Desk:
    """A project's applicants as its host works on them. `names` are by student; who is not known yet is absent."""

    project: ProjectInFull
    round: Round
    progress: Progress
    applicants: Mapping[str, Application]
    """Those that stand, in the order of receipt; once the match is made, all that were not withdrawn."""

    names: Mapping[str, Student]
    sent: Ranking | None
    order: Order

    @property
    def undecided(self) -> list[str]:
        return self.order.undecided(list(self.applicants))

    def name_of(self, application_id: str) -> str:
        application = self.applicants[application_id]
        student = self.names.get(application.student_id)
        return student.name if student else application.student_id


@routes.get("")
async def show_projects(request: Request, host: HostIs, work: InMatching) -> Response:
    """The host's projects, with how many applied and what is to be done by when."""
    projects = await store.projects.of_host(work.connection, host.id)
    rounds = await store.rounds.of_ids(work.connection, {project.round_id for project in projects})
    newest_first = sorted(rounds.values(), key=lambda each: each.offers_at, reverse=True)
    progress: dict[str, Progress] = {}
    for round_ in rounds.values():
        progress |= await _progress(projects, round_, work)
    by_round = [(each, [project for project in projects if project.round_id == each.round_id]) for each in newest_first]
    return pages.answer(request, host, "applicants.jinja", rounds=by_round, progress=progress)


@routes.get("/{project_id}")
async def show_applicants(project_id: OwnProject, request: Request, host: HostIs, work: InMatching) -> Response:
    """The applicants of one project: to be ranked, or what became of them."""
    return _show(request, host, await _desk(project_id, host, work))


@routes.post("/{project_id}/order")
async def move_applicant(
    project_id: OwnProject, form: FormIs, request: Request, host: HostIs, work: InMatching
) -> Response:
    """Move one applicant in the ranking that is in the making, which is kept with every move."""
    await work.lock(subject("project", project_id))
    desk = await _desk_to_rank(project_id, host, work)
    application_id = form.line("application_id")
    if application_id not in desk.applicants:
        raise NotAllowed("This student no longer applies for the project: open the page again to see who does.")
    if faults := _faults_in_move(application_id, form):
        return _show(request, host, desk, faults=faults, at_fault=application_id)
    order = _moved(desk.order, application_id, form)
    await store.rankings.keep_draft(work.connection, project_id, desk.round.round_id, order, work.now)
    said = _said(desk, application_id, order)
    if is_htmx(request):
        return _show(request, host, await _desk(project_id, host, work), said_now=said)
    return redirect(request, f"/host/applicants/{project_id}", said=said)


@routes.post("/{project_id}/ranking")
async def send_ranking(
    project_id: OwnProject, form: FormIs, request: Request, host: HostIs, work: InMatching
) -> Response:
    """Send the ranking as it was shown: it counts until another one is sent, and can be changed until the match."""
    project = await _own(project_id, host, work)
    await work.lock(subject("project", project_id), who_holds_what(project.round_id))
    desk = await _desk_to_rank(project_id, host, work)
    if form.line("order").split() != list(desk.order.ranked):
        return _show(request, host, desk, changed_meanwhile=True)
    if (desk.undecided or not desk.order.ranked) and not form.flag("leave_out"):
        return _show(request, host, desk, faults=[Fault(field="leave_out", reason=_left_out(desk))])
    faults = await ranking.give(work, project, desk.order)
    if faults:
        return _show(request, host, desk, faults=faults)
    said = "Your ranking is sent. You can change it and send it again until offers go out."
    return redirect(request, f"/host/applicants/{project_id}", said=said)


def _faults_in_move(application_id: str, form: Submitted) -> list[Fault]:
    match form.line("move"):
        case move if move not in set(Move):
            return [Fault(field="move", reason="Say what to do with this applicant: use one of the buttons.")]
        case Move.TO if form.number("place") is None:
            reason = "Say the position as a number, 1 for the best."
            return [Fault(field=f"place-{application_id}", reason=reason)]
        case Move.ASIDE:
            return rankings.faults_in_reason(f"reason-{application_id}", form.text("reason"))
        case _:
            return []


def _moved(order: Order, application_id: str, form: Submitted) -> Order:
    """The order after the move that a form without faults names."""
    match move := Move(form.line("move")):
        case Move.TO:
            return order.to(application_id, form.number("place") or 1)
        case Move.ASIDE:
            return order.set_aside(application_id, form.text("reason"))
        case _:
            simple = {Move.UP: order.up, Move.DOWN: order.down, Move.LAST: order.last, Move.BACK: order.put_back}
            return simple[move](application_id)


def _said(desk: Desk, application_id: str, order: Order) -> str:
    """What a move did, for whoever does not see it."""
    name, place = desk.name_of(application_id), order.place_of(application_id)
    if place:
        return f"{name} is now {place} of {len(order.ranked)}. Saved."
    if application_id in order.not_suitable:
        return f"{name} is marked as not suitable. Saved."
    return f"{name} is back among those to be decided. Saved."


def _left_out(desk: Desk) -> str:
    if not desk.order.ranked:
        return "Your order is empty, so no place would be offered: rank somebody, or confirm that nobody is suitable."
    return "Some applicants are not in your order: place them, or confirm that you leave them out."


async def _own(project_id: str, host: Caller, work: Work) -> ProjectInFull:
    """The host's project; raises `NotFound`, also for another host's."""
    project = (await store.projects.in_full(work.connection, [project_id])).get(project_id)
    if project is None or project.host_id != host.id:
        raise NotFound("You have no approved project of this number.")
    return project


async def _desk_to_rank(project_id: str, host: Caller, work: Work) -> Desk:
    """Raises `NotAllowed`, with the reason, where it is not the time to rank."""
    desk = await _desk(project_id, host, work)
    rankings.check_open(desk.project, desk.round)
    if desk.progress.stage not in TAKES_RANKINGS:
        raise NotAllowed("Applicants are ranked once applications are closed.")
    return desk


async def _desk(project_id: str, host: Caller, work: Work) -> Desk:
    project = await _own(project_id, host, work)
    round_ = await store.rounds.find(work.connection, project.round_id)
    if round_ is None:
        raise NotFound("The round of this project is not known yet: try again in a moment.")
    progress = (await _progress([project], round_, work))[project_id]
    received = await store.applications.to_projects(work.connection, [project_id], round_.round_id)
    shown = _shown(received, progress.stage)
    sent = (await store.rankings.in_round(work.connection, [project_id], round_.round_id)).get(project_id)
    draft = await store.rankings.draft(work.connection, project_id, round_.round_id)
    order = draft or (sent.order if sent else Order())
    return Desk(
        project=project,
        round=round_,
        progress=progress,
        applicants=shown,
        names=await store.people.students(work.connection, {each.student_id for each in shown.values()}),
        sent=sent,
        order=order.among(shown),
    )


def _shown(received: Sequence[Application], stage: Stage) -> dict[str, Application]:
    """Whom a host sees: nobody before applications are closed, and nobody once the round is over."""
    if stage in TAKES_RANKINGS:
        return {each.application_id: each for each in received if each.state in STANDS}
    if stage is Stage.MATCHED:
        return {each.application_id: each for each in received if each.state is not State.WITHDRAWN}
    return {}


async def _progress(projects: Sequence[ProjectInFull], round_: Round, work: Work) -> dict[str, Progress]:
    """How far those of these projects are that take part in a round."""
    ids = [project.project_id for project in projects if project.round_id == round_.round_id]
    all_here = await store.rounds.all_here(work.connection, round_.round_id)
    applications = await store.applications.to_projects(work.connection, ids, round_.round_id)
    sent = await store.rankings.in_round(work.connection, ids, round_.round_id)
    begun = await store.rankings.drafts_in_round(work.connection, ids, round_.round_id)
    return {
        project_id: Progress(
            stage=rankings.stage(round_, all_here=all_here, now=work.now),
            applicants=sum(each.state is not State.WITHDRAWN for each in applications if each.project_id == project_id),
            sent=project_id in sent,
            begun=project_id in begun,
        )
        for project_id in ids
    }


def _show(
    request: Request,
    host: Caller,
    desk: Desk,
    *,
    faults: Sequence[Fault] = (),
    at_fault: str = "",
    changed_meanwhile: bool = False,
    said_now: str = "",
) -> Response:
    return pages.answer(
        request,
        host,
        "applicants_of_project.jinja",
        status=409 if changed_meanwhile else 422 if faults else 200,
        desk=desk,
        fate=rankings.fate,
        faults=faults,
        at_fault=at_fault,
        changed_meanwhile=changed_meanwhile,
        said_now=said_now,
    )
