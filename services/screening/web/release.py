"""The page of prepared verdicts: what would be sent to whom, and their release."""

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse

from services.screening import store
from services.screening.actions.staff import remember
from services.screening.actions.verdicts import release_verdicts
from services.screening.dependencies import PAGES, PREFIX, WorkIs, page_routes, person
from services.screening.rules.release import MOST_AT_ONCE, Chosen
from shared.web import FormIs, Role, StaffIs, ViewerIs, redirect

routes = page_routes()


@routes.get("/release")
async def preview(
    request: Request, caller: ViewerIs, work: WorkIs, round_id: str = "", project_id: str = ""
) -> HTMLResponse:
    """What would be sent to whom, and what cannot be released, with the reason."""
    await remember(person(caller), work, may_review=caller.may_act_as(Role.REVIEWER))
    ready, held = await store.queue.prepared(work.connection, round_id or None)
    shown = await store.queue.of_revisions(work.connection, [*ready[:MOST_AT_ONCE], *held[:MOST_AT_ONCE]])
    entries = [entry for entry in shown.values() if entry.prepared]
    return PAGES.answer(
        request,
        caller,
        "release.jinja",
        ready=[entry for entry in entries if not entry.obstacle],
        for_later=max(0, len(ready) - MOST_AT_ONCE),
        held=[entry for entry in entries if entry.obstacle],
        held_more=max(0, len(held) - MOST_AT_ONCE),
        rounds=await store.copies.rounds(work.connection),
        round_id=round_id,
        chosen=lambda entry: str(Chosen(entry.review.project_id, entry.review.revision, entry.prepared.number)),
        is_chosen=lambda entry: project_id in ("", entry.review.project_id),
    )


@routes.post("/release")
async def release_chosen(request: Request, caller: StaffIs, form: FormIs, work: WorkIs) -> RedirectResponse:
    """Release the chosen verdicts; leave out those that changed since they were looked at."""
    chosen = [choice for choice in map(Chosen.of, form.choices("chosen")) if choice]
    outcome = await release_verdicts(chosen, person(caller), work)
    query = f"?round_id={form.line('round_id')}" if form.line("round_id") else ""
    notice = str(outcome) if chosen else "Nothing was chosen, and nothing was released."
    return redirect(request, f"{PREFIX}/release{query}", notice=notice)
