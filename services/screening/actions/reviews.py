"""Open the review of a submitted revision, close it if its project is withdrawn, and report it if it is overdue."""

from services.screening import store
from services.screening.actions.approval_rules import approve_by_rule
from services.screening.messages import ReviewDue
from services.screening.rules import reviews
from services.screening.rules.findings import findings
from services.screening.rules.reviews import Review, State
from shared.contracts.intake import ProjectSubmitted
from shared.contracts.screening import ReviewOverdue
from shared.runtime.work import Work


async def open_review(event: ProjectSubmitted, work: Work) -> None:
    """Open the review of a revision, which supersedes an earlier one; a rule for its host may approve it at once."""
    known = await store.reviews.known_project(work.connection, event.project_id)
    host = await store.copies.host(work.connection, event.host_id)
    review = reviews.open_review(event, known, now=work.now)
    found = findings(review.project, host)
    if review.state is State.OPEN:
        await _supersede_earlier(review, work)
    if not await store.reviews.add_review(work.connection, review, found) or review.state is not State.OPEN:
        return
    if not await approve_by_rule(review, host, found, work):
        work.publish(ReviewDue(project_id=event.project_id, revision=event.revision), at=review.due_at)


async def withdraw_project(project_id: str, work: Work) -> None:
    """Close the open review of a project, and the reviews of revisions that arrive later."""
    await store.reviews.add_withdrawal(work.connection, project_id, work.now)
    review = await store.reviews.open_review(work.connection, project_id)
    if review:
        await store.reviews.move(work.connection, review.moved(reviews.WITHDRAW, now=work.now))


async def report_overdue(project_id: str, revision: int, work: Work) -> None:
    """Publish that a review is overdue, if it is still open."""
    review = await store.reviews.review(work.connection, project_id, revision)
    if review and review.state is State.OPEN:
        work.publish(
            ReviewOverdue(
                project_id=review.project_id,
                revision=review.revision,
                round_id=review.round_id,
                waiting_since=review.opened_at,
            )
        )


async def _supersede_earlier(review: Review, work: Work) -> None:
    earlier = await store.reviews.open_review(work.connection, review.project_id)
    if earlier and earlier.revision < review.revision:
        await store.reviews.move(work.connection, earlier.moved(reviews.SUPERSEDE, now=work.now))
