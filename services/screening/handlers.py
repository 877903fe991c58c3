"""What screening hears."""

from services.screening import service, store
from services.screening.messages import ReviewDue
from services.screening.rules import reviews
from services.screening.rules.reviews import State
from shared.contracts.intake import ProjectSubmitted, ProjectWithdrawn
from shared.contracts.screening import ReviewOverdue
from shared.runtime.work import Work
from shared.web.revocations import heed_revocations

heed_revocations(service)


@service.on(ProjectSubmitted)
async def queue_for_review(event: ProjectSubmitted, work: Work) -> None:
    known = await store.known_project(work.connection, event.project_id)
    review = reviews.open_review(event, known, now=work.now)
    if review.state is State.OPEN:
        await _supersede_earlier(review, work)
    if await store.add_review(work.connection, review) and review.state is State.OPEN:
        work.publish(ReviewDue(project_id=event.project_id, revision=event.revision), at=review.due_at)


@service.on(ProjectWithdrawn)
async def close_review(event: ProjectWithdrawn, work: Work) -> None:
    await store.add_withdrawal(work.connection, event.project_id, work.now)
    review = await store.open_review(work.connection, event.project_id)
    if review:
        await store.move(work.connection, review.moved(reviews.WITHDRAW, now=work.now))


@service.on(ReviewDue)
async def say_overdue(timer: ReviewDue, work: Work) -> None:
    review = await store.review(work.connection, timer.project_id, timer.revision)
    if review and review.state is State.OPEN:
        work.publish(
            ReviewOverdue(
                project_id=review.project_id,
                revision=review.revision,
                round_id=review.round_id,
                waiting_since=review.opened_at,
            )
        )


async def _supersede_earlier(review: reviews.Review, work: Work) -> None:
    earlier = await store.open_review(work.connection, review.project_id)
    if earlier and earlier.revision < review.revision:
        await store.move(work.connection, earlier.moved(reviews.SUPERSEDE, now=work.now))
