"""The forms on the page of a revision: to assign it, score it, ask a second opinion and prepare its verdict."""

from typing import Final

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from services.screening.actions import deliberation
from services.screening.dependencies import WorkIs, address, page_routes, person
from services.screening.rules.rubric import Criterion, comment_field, score_field
from services.screening.web.review import Typed, review_page
from shared.contracts.fields import ProjectId, Revision
from shared.refusals import Invalid
from shared.web import FormIs, ReviewerIs, redirect

routes = page_routes()

OF_REVISION: Final = "/projects/{project_id}/revisions/{revision}"


@routes.post(OF_REVISION + "/assignment")
async def assign(
    project_id: ProjectId, revision: Revision, request: Request, caller: ReviewerIs, form: FormIs, work: WorkIs
) -> Response:
    """Assign the project to a reviewer, oneself or another; to nobody, if none is named."""
    reviewer_id = form.line("reviewer")
    if not reviewer_id:
        await deliberation.unassign_reviewer(project_id, revision, person(caller), work)
        return redirect(request, address(project_id, revision), notice="Nobody is assigned now.")
    try:
        reviewer = await deliberation.assign_reviewer(project_id, revision, reviewer_id, person(caller), work)
    except Invalid as refused:
        typed = Typed("assignment", faults=refused.faults)
        return await review_page(request, caller, work, project_id, revision, typed=typed)
    is_own = reviewer.id == caller.id
    notice = "The project is yours to review." if is_own else f"{reviewer.name} reviews this project now."
    return redirect(request, address(project_id, revision), notice=notice)


@routes.post(OF_REVISION + "/scores")
async def score(
    project_id: ProjectId, revision: Revision, request: Request, caller: ReviewerIs, form: FormIs, work: WorkIs
) -> Response:
    scores = {criterion: form.number(score_field(criterion)) for criterion in Criterion}
    comments = {criterion: form.text(comment_field(criterion)) for criterion in Criterion}
    try:
        await deliberation.score_revision(project_id, revision, scores, comments, person(caller), work)
    except Invalid as refused:
        values = {score_field(criterion): str(given or "") for criterion, given in scores.items()}
        values |= {comment_field(criterion): comment for criterion, comment in comments.items()}
        typed = Typed("scores", values, refused.faults)
        return await review_page(request, caller, work, project_id, revision, typed=typed)
    return redirect(request, address(project_id, revision), notice="Your scores are kept.")


@routes.post(OF_REVISION + "/opinion")
async def ask_opinion(
    project_id: ProjectId, revision: Revision, request: Request, caller: ReviewerIs, form: FormIs, work: WorkIs
) -> Response:
    asked_id, why = form.line("of"), form.text("why")
    try:
        await deliberation.ask_second_opinion(project_id, revision, asked_id, why, person(caller), work)
    except Invalid as refused:
        typed = Typed("opinion", {"of": asked_id, "why": why}, refused.faults)
        return await review_page(request, caller, work, project_id, revision, typed=typed)
    notice = "A second opinion is asked for. Nothing is released before it is given."
    return redirect(request, address(project_id, revision), notice=notice)


@routes.post(OF_REVISION + "/opinion/drop")
async def drop_opinion(
    project_id: ProjectId, revision: Revision, request: Request, caller: ReviewerIs, work: WorkIs
) -> RedirectResponse:
    await deliberation.drop_second_opinion(project_id, revision, person(caller), work, is_staff=caller.is_staff)
    return redirect(request, address(project_id, revision), notice="No second opinion is needed now.")


@routes.post(OF_REVISION + "/verdict")
async def prepare(
    project_id: ProjectId, revision: Revision, request: Request, caller: ReviewerIs, form: FormIs, work: WorkIs
) -> Response:
    verdict, comments = form.line("verdict"), form.text("comments")
    try:
        await deliberation.prepare_verdict(project_id, revision, verdict, comments, person(caller), work)
    except Invalid as refused:
        typed = Typed("verdict", {"verdict": verdict, "comments": comments}, refused.faults)
        return await review_page(request, caller, work, project_id, revision, typed=typed)
    notice = "The verdict is prepared. The host is told when it is released."
    return redirect(request, address(project_id, revision), notice=notice)


@routes.post(OF_REVISION + "/verdict/clear")
async def clear(
    project_id: ProjectId, revision: Revision, request: Request, caller: ReviewerIs, work: WorkIs
) -> RedirectResponse:
    await deliberation.clear_verdict(project_id, revision, person(caller), work)
    return redirect(request, address(project_id, revision), notice="No verdict is prepared now.")
