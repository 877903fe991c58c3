"""The projects of a host: their status, the reviewer's comments, and what the host can do."""

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from services.intake import rules, store
from services.intake.actions import drafts
from services.intake.actions.lookups import own_project
from services.intake.actions.withdrawals import withdraw_own_project
from services.intake.dependencies import PAGES, WorkIs, page_routes
from services.intake.rules.projects import WITHDRAW, ListedProject, ProjectState
from shared.contracts.fields import ProjectId
from shared.contracts.message import subject
from shared.contracts.submissions import ProjectWithdrawal
from shared.obligations import host_obligations
from shared.runtime.work import Work
from shared.web import Caller, FormIs, HostIs, model_of, redirect

routes = page_routes("/host/projects")


@routes.get("")
async def show_projects(request: Request, host: HostIs, work: WorkIs) -> Response:
    rounds = await store.rounds.every(work.connection)
    projects = await store.projects.listed(work.connection, host_id=host.id)
    return PAGES.answer(
        request,
        host,
        "host_projects.jinja",
        organisation=await _organisation(host, work),
        taking=rules.standing.open_round(rounds, work.now),
        coming=rules.standing.next_round(rounds, work.now),
        drafts=await store.drafts.written_by(work.connection, host.id),
        projects_by_round=rules.standing.projects_by_round(projects, rounds, now=work.now),
    )


@routes.get("/{project_id}")
async def show_project(request: Request, project_id: ProjectId, host: HostIs, work: WorkIs) -> Response:
    project = await own_project(project_id, host.id, work)
    rounds = await store.rounds.every(work.connection)
    history = [dict(step) for step in await store.history.of(work.connection, subject("project", project_id))]
    revisions = await store.projects.revisions(work.connection, project_id)
    corrections = await store.drafts.written_by(work.connection, host.id, project_id=project_id)
    return PAGES.answer(
        request,
        host,
        "host_project.jinja",
        project=project,
        round=next(each for each in rounds if each.round_id == project.round_id),
        standing=rules.standing.standing(project, rounds, now=work.now),
        happened=rules.standing.happened(history),
        comments=rules.standing.comments_on(project, history),
        changed=rules.revisions.compared_with_previous(revisions),
        draft=next(iter(corrections), None),
        acceptance=await store.drafts.acceptance_of(work.connection, project_id, project.revision),
        obligations=host_obligations(project.template.mode),
    )


@routes.post("/{project_id}/correction")
async def begin_correction(request: Request, project_id: ProjectId, host: HostIs, work: WorkIs) -> RedirectResponse:
    """Redirect to the draft of the next revision: the existing one, else a new one filled in from the last revision."""
    draft = await drafts.begin_correction(project_id, host.id, work)
    return redirect(request, f"/host/drafts/{draft.draft_id}")


@routes.post("/{project_id}/draft")
async def offer_again(request: Request, project_id: ProjectId, host: HostIs, work: WorkIs) -> RedirectResponse:
    """Redirect to a draft of a new project, filled in from this one."""
    draft = await drafts.offer_again(project_id, host.id, work)
    return redirect(
        request, f"/host/drafts/{draft.draft_id}", notice="It is a draft now. Choose the week and the first day."
    )


@routes.get("/{project_id}/withdrawal")
async def show_withdrawal(request: Request, project_id: ProjectId, host: HostIs, work: WorkIs) -> Response:
    project = await own_project(project_id, host.id, work)
    if project.state not in WITHDRAW.before:
        return redirect(request, f"/host/projects/{project_id}")
    return await _withdrawal_page(request, project, host, work)


@routes.post("/{project_id}/withdrawal")
async def withdraw(request: Request, project_id: ProjectId, host: HostIs, work: WorkIs, form: FormIs) -> Response:
    values = {"project_id": project_id, "reason": form.text("reason")}
    withdrawal, faults = model_of(ProjectWithdrawal, values)
    if withdrawal is None:
        project = await own_project(project_id, host.id, work)
        return await _withdrawal_page(request, project, host, work, status=422, faults=faults, reason=values["reason"])
    withdrawn = await withdraw_own_project(project_id, host.id, withdrawal.reason, work)
    notice = "The project is withdrawn." if withdrawn.state is ProjectState.WITHDRAWN else ""
    return redirect(request, f"/host/projects/{project_id}", notice=notice)


async def _withdrawal_page(
    request: Request, project: ListedProject, host: Caller, work: Work, *, status: int = 200, **facts: object
) -> Response:
    applications = await store.applications.standing_for(work.connection, project.project_id)
    facts = {"faults": [], "reason": "", **facts}
    return PAGES.answer(
        request, host, "host_withdrawal.jinja", status=status, project=project, applications=applications, **facts
    )


async def _organisation(host: Caller, work: Work) -> str:
    known = await store.people.find_host(work.connection, host.id)
    return known.facts.organisation if known else ""
