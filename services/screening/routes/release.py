"""Verdicts that are prepared: what would be sent to whom, and their release, all in one."""

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from services.screening import store
from services.screening.routes.desk import DESK, PAGES, InScreening, meet, page_routes
from services.screening.rules import reviews
from services.screening.rules.desk import Act
from services.screening.rules.release import MOST_AT_ONCE, Chosen, release
from shared.contracts.message import subject
from shared.web import FormIs, StaffIs, ViewerIs, redirect

routes = page_routes()


@routes.get("/release")
async def preview(
    request: Request, caller: ViewerIs, work: InScreening, round_id: str = "", project_id: str = ""
) -> HTMLResponse:
    """What would be sent to whom; what cannot go yet, or never will, with the reason."""
    await meet(caller, work)
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
async def release_chosen(request: Request, caller: StaffIs, form: FormIs, work: InScreening) -> Response:
    """Say the chosen verdicts, all in one unit of work, as far as nothing has happened since they were looked at."""
    here = await meet(caller, work)
    chosen = [choice for choice in map(Chosen.of, form.choices("chosen")) if choice]
    await work.lock(*(subject("project", choice.project_id) for choice in chosen))
    entries = await store.queue.of_revisions(work.connection, [choice[:2] for choice in chosen])
    outcome = release(chosen, entries, now=work.now)
    await store.reviews.move(work.connection, *outcome.decided)
    released = [(review.project_id, review.revision) for review in outcome.decided]
    overtaken = [
        (left.project_id, left.revision)
        for left in outcome.left_out
        if left.overtaken and entries[left.project_id, left.revision].prepared
    ]
    await store.desk.clear(work.connection, [*released, *overtaken])
    lines = {Act.RELEASED: released, Act.LEFT_OUT: overtaken}
    for act, of in lines.items():
        await store.desk.note(work.connection, act, [(*key, "") for key in of], by_id=here.id, at=work.now)
    for review in outcome.decided:
        work.publish(reviews.announcement(review))
    query = f"?round_id={form.line('round_id')}" if form.line("round_id") else ""
    said = str(outcome) if chosen else "Nothing was chosen, and nothing was released."
    return redirect(request, f"{DESK}/release{query}", said=said)
