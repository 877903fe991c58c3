"""The projects of a host: where each stands, what was said of it, and what its host can do about it."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.intake import rules, store
from services.intake.routes.door import InIntake
from services.intake.routes.looks import pages
from services.intake.rules.drafts import Draft
from services.intake.rules.projects import CORRECT, WITHDRAW, ListedProject, ProjectState
from services.intake.withdrawals import withdraw_project
from shared.contracts.fields import ProjectId
from shared.contracts.message import subject
from shared.contracts.submissions import ProjectWithdrawal
from shared.identifiers import new_id
from shared.obligations import host_obligations
from shared.refusals import NotAllowed, NotFound
from shared.runtime.work import Work
from shared.web import Caller, FormIs, HostIs, model_of, redirect

routes = APIRouter(prefix="/host/projects", include_in_schema=False, default_response_class=HTMLResponse)


@routes.get("")
async def show_projects(request: Request, host: HostIs, work: InIntake) -> Response:
    rounds = await store.rounds.every(work.connection)
    projects = await store.projects.listed(work.connection, host_id=host.id)
    return pages.answer(
        request,
        host,
        "host_projects.jinja",
        organisation=await _organisation(host, work),
        taking=rules.standing.open_round(rounds, work.now),
        coming=rules.standing.next_round(rounds, work.now),
        drafts=await store.drafts.written_by(work.connection, host.id),
        shelves=rules.standing.shelves(projects, rounds, now=work.now),
    )


@routes.get("/{project_id}")
async def show_project(request: Request, project_id: ProjectId, host: HostIs, work: InIntake) -> Response:
    project = await _own(project_id, host, work)
    rounds = await store.rounds.every(work.connection)
    history = [dict(step) for step in await store.history.of(work.connection, subject("project", project_id))]
    revisions = await store.projects.revisions(work.connection, project_id)
    return pages.answer(
        request,
        host,
        "host_project.jinja",
        project=project,
        round=next(each for each in rounds if each.round_id == project.round_id),
        standing=rules.standing.standing(project, rounds, now=work.now),
        happened=rules.standing.happened(history),
        comments=rules.standing.comments_on(project, history),
        changed=rules.revisions.beside_the_last(revisions),
        draft=await _correction(project, host, work),
        acceptance=await store.drafts.acceptance_of(work.connection, project_id, project.revision),
        obligations=host_obligations(project.template.mode),
    )


@routes.post("/{project_id}/correction")
async def begin_correction(request: Request, project_id: ProjectId, host: HostIs, work: InIntake) -> RedirectResponse:
    """To the draft of the next revision: the one that is there, or one that begins as the last revision."""
    await work.lock(subject("project", project_id))
    project = await _own(project_id, host, work)
    if project.state not in CORRECT.before:
        raise NotAllowed(rules.projects.CORRECTED_TOO_LATE[project.state])
    draft = await _correction(project, host, work)
    if draft is None:
        draft = rules.drafts.correction(new_id(), project, now=work.now)
        await store.drafts.keep(work.connection, draft)
    return redirect(request, f"/host/drafts/{draft.draft_id}")


@routes.post("/{project_id}/draft")
async def offer_again(request: Request, project_id: ProjectId, host: HostIs, work: InIntake) -> RedirectResponse:
    """To a draft of a new project that begins as this one."""
    draft = rules.drafts.taken_again(new_id(), await _own(project_id, host, work), now=work.now)
    await store.drafts.keep(work.connection, draft)
    return redirect(
        request, f"/host/drafts/{draft.draft_id}", said="It is a draft now. Choose the week and the first day."
    )


@routes.get("/{project_id}/withdrawal")
async def show_withdrawal(request: Request, project_id: ProjectId, host: HostIs, work: InIntake) -> Response:
    project = await _own(project_id, host, work)
    if project.state not in WITHDRAW.before:
        return redirect(request, f"/host/projects/{project_id}")
    return await _withdrawal_page(request, project, host, work)


@routes.post("/{project_id}/withdrawal")
async def withdraw(request: Request, project_id: ProjectId, host: HostIs, work: InIntake, form: FormIs) -> Response:
    await work.lock(subject("project", project_id))
    project = await _own(project_id, host, work)
    values = {"project_id": project_id, "reason": form.text("reason")}
    withdrawal, faults = model_of(ProjectWithdrawal, values)
    if withdrawal is None:
        return await _withdrawal_page(request, project, host, work, status=422, faults=faults, reason=values["reason"])
    withdrawn = await withdraw_project(project, withdrawal.reason, work)
    said = "The project is withdrawn." if withdrawn.state is ProjectState.WITHDRAWN else ""
    return redirect(request, f"/host/projects/{project_id}", said=said)


async def _withdrawal_page(
    request: Request, project: ListedProject, host: Caller, work: Work, *, status: int = 200, **facts: object
) -> Response:
    applications = await store.applications.standing_for(work.connection, project.project_id)
    facts = {"faults": [], "reason": "", **facts}
    return pages.answer(
        request, host, "host_withdrawal.jinja", status=status, project=project, applications=applications, **facts
    )


async def _own(project_id: str, host: Caller, work: Work) -> ListedProject:
    """The project; another host's is not found, as if there were none."""
    found = await store.projects.listed(work.connection, project_id=project_id, host_id=host.id)
    if not found:
        raise NotFound("You have no project of this id.")
    return found[0]


async def _correction(project: ListedProject, host: Caller, work: Work) -> Draft | None:
    drafts = await store.drafts.written_by(work.connection, host.id, project_id=project.project_id)
    return next(iter(drafts), None)


async def _organisation(host: Caller, work: Work) -> str:
    known = await store.people.find_host(work.connection, host.id)
    return known.facts.organisation if known else ""
