"""What reviewers do on a revision before anything is said: assign, score, ask a second opinion, prepare a verdict."""

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from services.screening import store
from services.screening.routes.desk import InScreening, address, entry_to_change, meet, page_routes
from services.screening.routes.review import Typed, review_page
from services.screening.rules import reviews
from services.screening.rules.desk import Act, Entry, Person, SecondOpinion, faults_in_question
from services.screening.rules.reviews import Verdict
from services.screening.rules.rubric import Criterion, Scoring, comment_field, marks_of, score_field
from shared.contracts.faults import Fault
from shared.contracts.fields import ProjectId, Revision
from shared.refusals import Forbidden
from shared.runtime.work import Work
from shared.web import FormIs, ReviewerIs, redirect

routes = page_routes()

OF_REVISION = "/projects/{project_id}/revisions/{revision}"


@routes.post(OF_REVISION + "/assignment")
async def assign(
    project_id: ProjectId, revision: Revision, request: Request, caller: ReviewerIs, form: FormIs, work: InScreening
) -> Response:
    """Give the project to a reviewer, oneself or another; to nobody, where none is named."""
    here = await meet(caller, work)
    entry = await entry_to_change(project_id, revision, work)
    reviewer_id = form.line("reviewer")
    if not reviewer_id:
        await store.desk.unassign(work.connection, project_id)
        return await _done(request, Act.UNASSIGNED, entry, here, work, said="Nobody is assigned now.")
    reviewer = await _reviewer(reviewer_id, work)
    if reviewer is None:
        typed = Typed("assignment", faults=[Fault(field="reviewer", reason="Choose somebody who has been here.")])
        return await review_page(request, caller, work, project_id, revision, typed=typed)
    await store.desk.assign(work.connection, project_id, reviewer.id, work.now)
    said = "The project is yours to review." if reviewer == here else f"{reviewer.name} reviews this project now."
    return await _done(request, Act.ASSIGNED, entry, here, work, words=f"to {reviewer.name}", said=said)


@routes.post(OF_REVISION + "/scores")
async def score(
    project_id: ProjectId, revision: Revision, request: Request, caller: ReviewerIs, form: FormIs, work: InScreening
) -> Response:
    """Score a revision by the rubric; scores given before are kept, and the last ones count."""
    here = await meet(caller, work)
    entry = await entry_to_change(project_id, revision, work)
    scores = {criterion: form.number(score_field(criterion)) for criterion in Criterion}
    comments = {criterion: form.text(comment_field(criterion)) for criterion in Criterion}
    marks, faults = marks_of(scores, comments)
    if faults:
        values = {score_field(criterion): str(given or "") for criterion, given in scores.items()}
        values |= {comment_field(criterion): comment for criterion, comment in comments.items()}
        typed = Typed("scores", values, faults)
        return await review_page(request, caller, work, project_id, revision, typed=typed)
    await store.desk.add_scoring(work.connection, entry.review, Scoring(here.id, here.name, marks, work.now))
    words = ", ".join(str(marks[criterion].score) for criterion in Criterion)
    return await _done(request, Act.SCORED, entry, here, work, words=words, said="Your scores are kept.")


@routes.post(OF_REVISION + "/opinion")
async def ask_opinion(
    project_id: ProjectId, revision: Revision, request: Request, caller: ReviewerIs, form: FormIs, work: InScreening
) -> Response:
    """Ask for another reviewer's scores, of somebody or of anybody; until then nothing is released."""
    here = await meet(caller, work)
    entry = await entry_to_change(project_id, revision, work)
    asked_id, why = form.line("of"), form.text("why")
    asked = await _reviewer(asked_id, work) if asked_id else None
    faults = faults_in_question(here, asked, why, named=bool(asked_id))
    if faults:
        typed = Typed("opinion", {"of": asked_id, "why": why}, faults)
        return await review_page(request, caller, work, project_id, revision, typed=typed)
    opinion = SecondOpinion(
        here.id, here.name, asked.id if asked else None, asked.name if asked else None, why, work.now
    )
    await store.desk.ask_opinion(work.connection, entry.review, opinion)
    whom = f"of {asked.name}" if asked else "of any other reviewer"
    words = f"{whom}: {why}" if why else whom
    said = "A second opinion is asked for. Nothing is released before it is given."
    return await _done(request, Act.OPINION_ASKED, entry, here, work, words=words, said=said)


@routes.post(OF_REVISION + "/opinion/drop")
async def drop_opinion(
    project_id: ProjectId, revision: Revision, request: Request, caller: ReviewerIs, work: InScreening
) -> Response:
    """Say that no second opinion is needed after all; for whoever asked, and for staff."""
    here = await meet(caller, work)
    entry = await entry_to_change(project_id, revision, work)
    if not caller.is_staff and entry.opinion and entry.opinion.asked_by_id != here.id:
        raise Forbidden(f"{entry.opinion.asked_by} asked for it: they or staff may say that it is not needed.")
    await store.desk.drop_opinion(work.connection, entry.review)
    said = "No second opinion is needed now."
    return await _done(request, Act.OPINION_NOT_NEEDED, entry, here, work, said=said)


@routes.post(OF_REVISION + "/verdict")
async def prepare(
    project_id: ProjectId, revision: Revision, request: Request, caller: ReviewerIs, form: FormIs, work: InScreening
) -> Response:
    """Prepare a verdict, or another one in its stead; nobody outside hears of it before it is released."""
    here = await meet(caller, work)
    entry = await entry_to_change(project_id, revision, work)
    verdict, comments, faults = reviews.verdict_of(form.line("verdict"), form.text("comments"))
    if verdict is None or faults:
        typed = Typed("verdict", {"verdict": form.line("verdict"), "comments": form.text("comments")}, faults)
        return await review_page(request, caller, work, project_id, revision, typed=typed)
    said = "The verdict is prepared. The host hears of it when it is released."
    if _is_prepared(entry, verdict, comments):
        return redirect(request, address(*entry.key), said=said)
    await store.desk.prepare(work.connection, entry.review, verdict, comments, by_id=here.id, at=work.now)
    words = f"{verdict}: {comments}" if comments else verdict
    return await _done(request, Act.PREPARED, entry, here, work, words=words, said=said)


@routes.post(OF_REVISION + "/verdict/clear")
async def clear(
    project_id: ProjectId, revision: Revision, request: Request, caller: ReviewerIs, work: InScreening
) -> Response:
    """Take a prepared verdict back."""
    here = await meet(caller, work)
    entry = await entry_to_change(project_id, revision, work)
    await store.desk.clear(work.connection, [entry.key])
    return await _done(request, Act.CLEARED, entry, here, work, said="No verdict is prepared now.")


async def _reviewer(reviewer_id: str, work: Work) -> Person | None:
    names = await store.desk.reviewers(work.connection)
    return Person(reviewer_id, names[reviewer_id]) if reviewer_id in names else None


def _is_prepared(entry: Entry, verdict: Verdict, comments: str) -> bool:
    prepared = entry.prepared
    return prepared is not None and (prepared.verdict, prepared.comments) == (verdict, comments)


async def _done(
    request: Request, act: Act, entry: Entry, by: Person, work: Work, *, words: str = "", said: str
) -> RedirectResponse:
    await store.desk.note(work.connection, act, [(*entry.key, words)], by_id=by.id, at=work.now)
    return redirect(request, address(*entry.key), said=said)
