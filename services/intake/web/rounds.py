"""The pages of rounds: the list, each round, and the form by which staff set, copy and change them."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import Response

from services.intake import rules, store
from services.intake.actions.lookups import find_round
from services.intake.actions.rounds import change_round, preview_change, schedule_round
from services.intake.dependencies import PAGES, WorkIs, page_routes
from services.intake.rules.calendar_form import Typed
from services.intake.rules.rounds import Round
from shared.contracts.faults import Fault
from shared.contracts.fields import RoundId
from shared.contracts.intake import RoundCalendar
from shared.contracts.rounds import second_round
from shared.refusals import Invalid, NotAllowed
from shared.runtime.work import Work
from shared.web import Caller, FormIs, StaffIs, Submitted, ViewerIs, model_of, redirect

routes = page_routes("/staff/rounds")

WORK_OUT_WEEKS = "weeks"
PREVIEW = "preview"
"""The values of the form's buttons that do not save it."""


@routes.get("")
async def list_rounds(request: Request, viewer: ViewerIs, work: WorkIs) -> Response:
    rounds = sorted(await store.rounds.every(work.connection), key=rules.milestones.latest_first)
    facts = [
        (each, rules.milestones.phase(each, work.now), rules.milestones.next_of(each, work.now)) for each in rounds
    ]
    return PAGES.answer(request, viewer, "rounds.jinja", rounds=facts)


@routes.get("/new")
async def begin_round(
    request: Request,
    staff: StaffIs,
    work: WorkIs,
    copied_from: Annotated[str, Query(alias="from")] = "",
    begins_on: str = "",
    follows: str = "",
) -> Response:
    """An empty form, a form with another round's calendar in a new term, or a form for a second round."""
    if follows:
        first = await find_round(follows, work)
        typed = rules.calendar_form.as_typed(rules.second_rounds.suggested(first))
        return await _form(request, staff, work, typed, first=first)
    if not copied_from:
        return await _form(request, staff, work, rules.calendar_form.blank())
    copied = await find_round(copied_from, work)
    faults = rules.calendar_form.faults_in_term_begin(begins_on, "begins_on") if begins_on else []
    if faults or not begins_on:
        typed = rules.calendar_form.blank()
        return await _form(request, staff, work, typed, copied=copied, copy_faults=faults, copy_begins=begins_on)
    typed = rules.calendar_form.as_typed(rules.terms.copied(copied.calendar, date.fromisoformat(begins_on)))
    return await _form(request, staff, work, typed, copied=copied, copy_begins=begins_on, is_copy=True)


@routes.post("/new")
async def set_round(request: Request, staff: StaffIs, work: WorkIs, form: FormIs, follows: str = "") -> Response:
    first = await find_round(follows, work) if follows else None
    typed = _read(form, follows or None)
    if form.line("do") == WORK_OUT_WEEKS:
        return await _form(request, staff, work, typed, first=first)
    calendar, faults = _calendar(typed, first=first)
    if calendar:
        try:
            round_ = await schedule_round(calendar, work)
        except Invalid as invalid:
            faults = invalid.faults
        except NotAllowed:
            faults = [Fault(field="name", reason="There is a round of this name already: choose another.")]
        else:
            return redirect(request, f"/staff/rounds/{round_.round_id}", notice=f"{round_.name} is set.")
    return await _form(request, staff, work, typed, first=first, faults=faults)


@routes.get("/{round_id}")
async def show_round(request: Request, round_id: RoundId, viewer: ViewerIs, work: WorkIs) -> Response:
    round_ = await find_round(round_id, work)
    rounds = await store.rounds.every(work.connection)
    return PAGES.answer(
        request,
        viewer,
        "round.jinja",
        round=round_,
        phase=rules.milestones.phase(round_, work.now),
        next=rules.milestones.next_of(round_, work.now),
        milestones=rules.milestones.milestones(round_),
        figures=await store.rounds.figures(work.connection, round_id),
        changes=rules.milestones.changes(await store.rounds.calendars(work.connection, round_id)),
        first=next((each for each in rounds if each.round_id == round_.follows), None),
        second=next((each for each in rounds if each.round_id == second_round(round_id)), None),
    )


@routes.get("/{round_id}/calendar")
async def show_calendar(request: Request, round_id: RoundId, staff: StaffIs, work: WorkIs) -> Response:
    round_ = await find_round(round_id, work)
    first = await find_round(round_.follows, work) if round_.follows else None
    return await _form(request, staff, work, rules.calendar_form.as_typed(round_), own=round_, first=first)


@routes.post("/{round_id}/calendar")
async def change_calendar(request: Request, round_id: RoundId, staff: StaffIs, work: WorkIs, form: FormIs) -> Response:
    round_ = await find_round(round_id, work)
    first = await find_round(round_.follows, work) if round_.follows else None
    typed = _read(form, round_.follows)
    if form.line("do") == WORK_OUT_WEEKS:
        return await _form(request, staff, work, typed, own=round_, first=first)
    calendar, faults = _calendar(typed, first=first, current=round_.calendar)
    if calendar:
        try:
            if form.line("do") == PREVIEW:
                moved = await preview_change(round_id, calendar, work)
                return await _form(request, staff, work, typed, own=round_, first=first, moved=moved)
            await change_round(round_id, calendar, work)
        except Invalid as invalid:
            faults = invalid.faults
        else:
            return redirect(request, f"/staff/rounds/{round_id}", notice=f"The calendar of {calendar.name} is changed.")
    return await _form(request, staff, work, typed, own=round_, first=first, faults=faults)


def _read(form: Submitted, follows: str | None) -> Typed:
    return rules.calendar_form.read({name: form.line(name) for name in form.form}, follows=follows)


def _calendar(
    typed: Typed, *, first: Round | None, current: RoundCalendar | None = None
) -> tuple[RoundCalendar | None, list[Fault]]:
    """The calendar that was typed, or every fault in it."""
    values, faults = rules.calendar_form.values_of(typed, first=first, current=current)
    calendar, broken = model_of(RoundCalendar, values)
    named = {fault.field.partition(".")[0] for fault in faults}
    faults += [fault for fault in broken if fault.field.partition(".")[0] not in named]
    return (None, faults) if faults else (calendar, [])


async def _form(
    request: Request,
    staff: Caller,
    work: Work,
    typed: Typed,
    *,
    own: Round | None = None,
    first: Round | None = None,
    faults: Sequence[Fault] = (),
    **facts: object,
) -> Response:
    """The form as it was typed. `own` is the round that is changed; `first` is the round that it follows, if any."""
    known: dict[str, object] = {"moved": None, "copied": None, "copy_begins": "", "copy_faults": [], "is_copy": False}
    rounds = sorted(await store.rounds.every(work.connection), key=rules.milestones.latest_first)
    return PAGES.answer(
        request,
        staff,
        "round_form.jinja",
        status=422 if faults else 200,
        own=own,
        first=first,
        typed=typed,
        faults=list(faults),
        moments=rules.calendar_form.moments_of(first.round_id if first else None),
        choices=[(each.round_id, each.name) for each in rounds if not each.follows],
        **{**known, **facts},
    )
