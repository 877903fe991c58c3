"""The guided template: the steps of a draft, which are saved as they are typed, its preview, and sending it."""

from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import JsonValue

from services.intake import rules, store
from services.intake.actions import drafts
from services.intake.dependencies import PAGES, WorkIs, page_routes
from services.intake.rules.drafts import Draft, End
from services.intake.rules.template import FIELDS, LABELS, TITLES, Step, as_typed, is_list
from shared.contracts.faults import Fault
from shared.identifiers import new_id
from shared.obligations import host_obligations
from shared.refusals import NotFound
from shared.runtime.work import Work
from shared.web import Caller, FormIs, HostIs, Submitted, is_htmx, redirect

routes = page_routes("/host/drafts")


async def own_draft(draft_id: UUID, host: HostIs, work: WorkIs) -> Draft:
    """The host's draft, ended or not, locked; another host's is not found."""
    return await drafts.lock_draft(draft_id, host.id, work)


def step_named(step: str) -> Step:
    if step not in set(Step):
        raise NotFound("The template has no such step.")
    return Step(step)


OwnDraft = Annotated[Draft, Depends(own_draft)]
StepIs = Annotated[Step, Depends(step_named)]


@routes.post("")
async def begin(request: Request, host: HostIs, work: WorkIs) -> RedirectResponse:
    """Redirect to a draft of a new project: an existing one that is still empty, else a new one."""
    return redirect(request, _path(await drafts.begin_draft(host.id, work)))


@routes.get("/{draft_id}")
async def resume(request: Request, draft: OwnDraft, work: WorkIs) -> RedirectResponse:
    """Redirect to the first step that needs something more."""
    if draft.ended:
        return redirect(request, _after(draft))
    _, faults = await drafts.check_draft(draft, work)
    done = rules.drafts.steps_done(draft, faults)
    return redirect(request, _path(draft, next(step for step in Step if step not in done)))


@routes.post("/{draft_id}/discard")
async def discard(request: Request, draft: OwnDraft, work: WorkIs) -> RedirectResponse:
    if draft.ended:
        return redirect(request, _after(draft))
    await drafts.discard_draft(draft, work)
    return redirect(request, "/host/projects", notice="The draft is discarded.")


@routes.post("/{draft_id}/follow")
async def follow(request: Request, draft: OwnDraft, work: WorkIs) -> RedirectResponse:
    """Make the draft a correction of the newest revision, if a revision was sent other than by this draft."""
    await drafts.follow_project(draft, work)
    return redirect(request, _path(draft, Step.PREVIEW))


@routes.get("/{draft_id}/preview")
async def show_preview(request: Request, draft: OwnDraft, host: HostIs, work: WorkIs) -> Response:
    if draft.ended:
        return redirect(request, _after(draft))
    return await _preview(request, draft, host, work)


@routes.post("/{draft_id}/preview")
async def send(request: Request, draft: OwnDraft, host: HostIs, work: WorkIs, form: FormIs) -> Response:
    """Send what was previewed; sending it again changes nothing."""
    if draft.ended:
        return redirect(request, _after(draft))
    if form.number("version") != draft.version:
        return await _preview(request, draft, host, work, status=409, is_newer=True)
    sent = await drafts.send_draft(draft, work)
    if not sent.ended:
        return await _preview(request, draft, host, work, status=422)
    return redirect(request, _after(sent), notice="Sent. The careers service reads it and writes to you.")


@routes.get("/{draft_id}/obligations")
async def show_obligations(request: Request, draft: OwnDraft, host: HostIs, work: WorkIs) -> Response:
    if draft.ended:
        return redirect(request, _after(draft))
    return await _obligations(request, draft, host, work)


@routes.post("/{draft_id}/obligations")
async def accept(request: Request, draft: OwnDraft, host: HostIs, work: WorkIs, form: FormIs) -> Response:
    if draft.ended:
        return redirect(request, _after(draft))
    draft = await drafts.accept_obligations(
        draft, work, are_accepted=form.flag("obligations"), window=form.line("window")
    )
    faults = rules.drafts.faults_in_acceptance(draft)
    if faults and not form.flag("later"):
        return await _obligations(request, draft, host, work, status=422, faults=faults)
    return redirect(request, _path(draft, Step.PREVIEW))


@routes.get("/{draft_id}/{step}")
async def show_step(
    request: Request, draft: OwnDraft, step: StepIs, host: HostIs, work: WorkIs, check: bool = False
) -> Response:
    """A step as it was saved, with the faults in the fields that are filled in; with `check`, with all its faults."""
    if draft.ended:
        return redirect(request, _after(draft))
    _, faults = await drafts.check_draft(draft, work)
    at_fault = rules.drafts.by_step(faults)[step]
    shown = at_fault if check else rules.drafts.faults_in_filled_fields(draft, at_fault)
    done = rules.drafts.steps_done(draft, faults)
    return await _step(request, draft, step, host, work, faults=shown, done=done, is_refused=check)


@routes.post("/{draft_id}/{step}")
async def save_step(
    request: Request, draft: OwnDraft, step: StepIs, host: HostIs, work: WorkIs, form: FormIs
) -> Response:
    """Save a step, while it is typed or when a button is pressed, and show the faults for which it would be refused.

    What another window has saved of the step since this one was opened is not overwritten: the host decides.
    """
    if draft.ended:
        return redirect(request, _after(draft))
    typed = _typed(step, form)
    seen = form.number("mine") or form.number("version") or 0
    saved = await drafts.save_step(draft, step, typed, work, seen=seen, window=form.line("window"))
    if saved is None:
        return _conflict(request, draft, typed, step, host)
    _, faults = await drafts.check_draft(saved, work)
    at_fault = rules.drafts.by_step(faults)[step]
    if is_htmx(request):
        shown = rules.drafts.faults_in_filled_fields(saved, at_fault)
        return PAGES.answer(request, host, "draft_saved.jinja", draft=saved, fields=FIELDS[step], faults=shown)
    if form.flag("later") or form.flag("mine"):
        return redirect(request, _path(saved, step), notice="Saved. You can stop here and come back at any time.")
    if at_fault:
        done = rules.drafts.steps_done(saved, faults)
        return await _step(request, saved, step, host, work, faults=at_fault, done=done, status=422, is_refused=True)
    return redirect(request, _path(saved, step.following))


async def _step(
    request: Request,
    draft: Draft,
    step: Step,
    host: Caller,
    work: Work,
    *,
    faults: list[Fault],
    done: set[Step],
    status: int = 200,
    is_refused: bool = False,
) -> Response:
    rounds = await store.rounds.every(work.connection)
    return PAGES.answer(
        request,
        host,
        "draft_step.jinja",
        status=status,
        draft=draft,
        step=step,
        steps=_steps(draft, done),
        labels=LABELS,
        values=rules.template.as_text(draft.content),
        choices=rules.template.choices(rules.standing.open_round(rounds, work.now), draft.content),
        faults=faults,
        is_refused=is_refused,
        window=new_id(),
    )


async def _obligations(
    request: Request, draft: Draft, host: Caller, work: Work, *, status: int = 200, faults: Sequence[Fault] = ()
) -> Response:
    _, of_template = await drafts.check_draft(draft, work)
    return PAGES.answer(
        request,
        host,
        "draft_obligations.jinja",
        status=status,
        draft=draft,
        steps=_steps(draft, rules.drafts.steps_done(draft, of_template)),
        host=await drafts.host_of(draft, work),
        obligations=host_obligations(draft.mode),
        faults=faults,
        window=new_id(),
    )


async def _preview(
    request: Request, draft: Draft, host: Caller, work: Work, *, status: int = 200, is_newer: bool = False
) -> Response:
    proposal, faults = await drafts.check_draft(draft, work)
    organisation = (await drafts.host_of(draft, work)).organisation
    return PAGES.answer(
        request,
        host,
        "draft_preview.jinja",
        status=status,
        draft=draft,
        steps=_steps(draft, rules.drafts.steps_done(draft, faults)),
        sheet={"organisation": organisation, "template": proposal} if rules.drafts.can_be_previewed(faults) else None,
        faults_before_sending=rules.drafts.faults_before_sending(draft, faults),
        titles=TITLES,
        labels=LABELS,
        current=await store.projects.find(work.connection, draft.project_id),
        is_newer=is_newer,
    )


def _conflict(request: Request, draft: Draft, typed: Mapping[str, JsonValue], step: Step, host: Caller) -> Response:
    """A choice between the two versions: a notice in the page if it was saved while typing, else a page of its own."""
    part = is_htmx(request)
    return PAGES.answer(
        request,
        host,
        "draft_conflict_notice.jinja" if part else "draft_conflict.jinja",
        status=200 if part else 409,
        draft=draft,
        step=step,
        saved_at=draft.saves[step].at,
        labels=LABELS,
        typed=FIELDS[step],
        theirs=rules.template.as_text(draft.content),
        mine=rules.template.as_text(typed),
        window=new_id(),
    )


def _typed(step: Step, form: Submitted) -> dict[str, JsonValue]:
    return {
        field: [*form.lines(field)] if is_list(field) else as_typed(field, form.text(field)) for field in FIELDS[step]
    }


def _steps(draft: Draft, done: set[Step]) -> list[tuple[str, str, bool]]:
    """The path and title of each step, and whether it needs nothing more."""
    return [(_path(draft, step), TITLES[step], step in done) for step in Step]


def _path(draft: Draft, step: Step | None = None) -> str:
    return f"/host/drafts/{draft.draft_id}" + (f"/{step}" if step else "")


def _after(draft: Draft) -> str:
    """The page to go to from a draft that has ended."""
    return f"/host/projects/{draft.project_id}" if draft.ended is End.SENT else "/host/projects"
