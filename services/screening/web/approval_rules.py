"""The page of the rules for trusted hosts, and what each rule approved."""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.screening import store
from services.screening.actions import approval_rules
from services.screening.actions.staff import remember
from services.screening.dependencies import PAGES, PREFIX, WorkIs, page_routes, person
from services.screening.rules.approval import Terms
from services.screening.rules.findings import NAMES, Kind
from shared.contracts.faults import Fault
from shared.refusals import Invalid
from shared.runtime.work import Work
from shared.web import Caller, FormIs, Role, StaffIs, Submitted, ViewerIs, redirect

RULES: Final = f"{PREFIX}/rules"

INITIAL_TERMS: Final = Terms(
    host_id="", corrections_only=False, without=frozenset(Kind), round_id=None, last_day=None, reason=""
)
"""The terms in a new form: a project with any finding goes to a reviewer."""

RuleId = Annotated[int, Path(ge=1, le=2**31)]

routes = page_routes()


@routes.get("/rules")
async def show_rules(request: Request, caller: ViewerIs, work: WorkIs) -> HTMLResponse:
    """All rules, and the form for another one."""
    await remember(person(caller), work, may_review=caller.may_act_as(Role.REVIEWER))
    return await _page(request, caller, work)


@routes.post("/rules")
async def set_rule(request: Request, caller: StaffIs, form: FormIs, work: WorkIs) -> Response:
    """Set a rule for what is submitted from now on."""
    terms, last_day = _terms(form), form.line("last_day")
    unreadable = []
    if last_day and terms.last_day is None:
        unreadable.append(Fault(field="last_day", reason="This is not a date: enter one such as 2027-06-25."))
    try:
        rule_id = await approval_rules.set_rule(terms, person(caller), work, unreadable=unreadable)
    except Invalid as refused:
        return await _page(request, caller, work, terms=terms, last_day=last_day, faults=refused.faults)
    return redirect(request, RULES, notice=f"Rule {rule_id} is in force for what is submitted from now on.")


@routes.post("/rules/{rule_id}/pause")
async def pause(rule_id: RuleId, request: Request, _caller: StaffIs, work: WorkIs) -> RedirectResponse:
    await approval_rules.pause_rule(rule_id, work)
    return redirect(request, RULES, notice=f"Rule {rule_id} is paused: it approves nothing.")


@routes.post("/rules/{rule_id}/resume")
async def resume(rule_id: RuleId, request: Request, _caller: StaffIs, work: WorkIs) -> RedirectResponse:
    await approval_rules.resume_rule(rule_id, work)
    return redirect(request, RULES, notice=f"Rule {rule_id} is in force again.")


@routes.post("/rules/{rule_id}/remove")
async def remove(rule_id: RuleId, request: Request, caller: StaffIs, work: WorkIs) -> RedirectResponse:
    await approval_rules.remove_rule(rule_id, person(caller), work)
    return redirect(request, RULES, notice=f"Rule {rule_id} is removed. What it approved stays approved.")


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
    terms: Terms = INITIAL_TERMS,
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
