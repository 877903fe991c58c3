"""Rules for trusted hosts: set, paused, removed; and what each approved."""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.screening import store
from services.screening.routes.desk import DESK, PAGES, InScreening, meet, page_routes
from services.screening.rules.approval import Terms, faults_in_terms
from services.screening.rules.findings import NAMES, Kind
from shared.contracts.faults import Fault
from shared.contracts.message import subject
from shared.refusals import NotAllowed, NotFound
from shared.runtime.work import Work
from shared.web import Caller, FormIs, StaffIs, Submitted, ViewerIs, redirect

RULES: Final = f"{DESK}/rules"

AT_FIRST: Final = Terms(
    host_id="", corrections_only=False, without=frozenset(Kind), round_id=None, last_day=None, reason=""
)
"""What the form says before anybody has changed it: a project in which anything is found goes to a reviewer."""

RuleId = Annotated[int, Path(ge=1, le=2**31)]

routes = page_routes()


@routes.get("/rules")
async def show_rules(request: Request, caller: ViewerIs, work: InScreening) -> HTMLResponse:
    """All rules, and the form for another one."""
    await meet(caller, work)
    return await _page(request, caller, work)


@routes.post("/rules")
async def set_rule(request: Request, caller: StaffIs, form: FormIs, work: InScreening) -> Response:
    """Set a rule; it holds for what is submitted from now on."""
    here = await meet(caller, work)
    terms = _terms(form)
    hosts = await store.copies.hosts(work.connection)
    rounds = await store.copies.rounds(work.connection)
    faults = faults_in_terms(
        terms,
        hosts=hosts,
        rounds=rounds,
        now=work.now,
    )
    if form.line("last_day") and terms.last_day is None:
        faults.append(Fault(field="last_day", reason="This is no day: write it as 2027-06-25."))
    if faults:
        return await _page(request, caller, work, terms=terms, last_day=form.line("last_day"), faults=faults)
    rule_id = await store.approval_rules.add(work.connection, terms, by_id=here.id, at=work.now)
    return redirect(request, RULES, said=f"Rule {rule_id} holds for what is submitted from now on.")


@routes.post("/rules/{rule_id}/pause")
async def pause(rule_id: RuleId, request: Request, _caller: StaffIs, work: InScreening) -> RedirectResponse:
    """Let a rule approve nothing for the time being."""
    await _must_stand(rule_id, work)
    await store.approval_rules.pause(work.connection, rule_id, work.now)
    return redirect(request, RULES, said=f"Rule {rule_id} is paused: it approves nothing.")


@routes.post("/rules/{rule_id}/resume")
async def resume(rule_id: RuleId, request: Request, _caller: StaffIs, work: InScreening) -> RedirectResponse:
    """Let a paused rule go on."""
    await _must_stand(rule_id, work)
    await store.approval_rules.pause(work.connection, rule_id, None)
    return redirect(request, RULES, said=f"Rule {rule_id} holds again.")


@routes.post("/rules/{rule_id}/remove")
async def remove(rule_id: RuleId, request: Request, caller: StaffIs, work: InScreening) -> RedirectResponse:
    """Remove a rule for good."""
    here = await meet(caller, work)
    await _must_stand(rule_id, work)
    await store.approval_rules.remove(work.connection, rule_id, by_id=here.id, at=work.now)
    return redirect(request, RULES, said=f"Rule {rule_id} is removed. What it approved stays approved.")


async def _must_stand(rule_id: int, work: Work) -> None:
    """Lock a rule; raises `NotFound`, or `NotAllowed` for one that was removed."""
    await work.lock(subject("rule", str(rule_id)))
    removed = await store.approval_rules.is_removed(work.connection, rule_id)
    if removed is None:
        raise NotFound(f"There is no rule {rule_id}.")
    if removed:
        raise NotAllowed(f"Rule {rule_id} was removed for good: set another one.")


def _terms(form: Submitted) -> Terms:
    return Terms(
        host_id=form.line("host_id"),
        corrections_only=form.flag("corrections_only"),
        without=frozenset(Kind(kind) for kind in form.choices("without") if kind in list(Kind)),
        round_id=form.line("round_id") or None,
        last_day=form.day("last_day"),
        reason=form.line("reason"),
    )


async def _page(
    request: Request,
    caller: Caller,
    work: Work,
    *,
    terms: Terms = AT_FIRST,
    last_day: str = "",
    faults: Sequence[Fault] = (),
) -> HTMLResponse:
    kept = await store.approval_rules.kept(work.connection)
    return PAGES.answer(
        request,
        caller,
        "rules.jinja",
        status=422 if faults else 200,
        in_force=[each for each in kept if each.removed_at is None],
        removed=[each for each in kept if each.removed_at is not None],
        hosts=await store.copies.hosts(work.connection),
        rounds=await store.copies.rounds(work.connection),
        terms=terms,
        last_day=last_day,
        faults=faults,
        finding_names=NAMES,
    )
