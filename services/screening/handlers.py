"""What screening hears."""

from collections.abc import Sequence

from services.screening import service, store
from services.screening.messages import ReviewDue
from services.screening.rules import reviews
from services.screening.rules.approval import approving_rule
from services.screening.rules.findings import Finding, Host, findings
from services.screening.rules.reviews import Review, State
from shared.contracts.intake import HostRegistered, ProjectSubmitted, ProjectWithdrawn, RoundScheduled
from shared.contracts.message import subject
from shared.contracts.screening import ReviewOverdue
from shared.runtime.work import Work
from shared.web.revocations import heed_revocations

heed_revocations(service)


def it_and_its_host(event: ProjectSubmitted) -> tuple[str, ...]:
    """What is found in a project depends on what is known of its host."""
    return (event.subject, subject("host", event.host_id))


@service.on(RoundScheduled)
async def keep_round(event: RoundScheduled, work: Work) -> None:
    await store.copies.keep_round(work.connection, event)


@service.on(HostRegistered)
async def keep_host(event: HostRegistered, work: Work) -> None:
    if await store.copies.keep_host(work.connection, event):
        await store.findings.outdate(work.connection, event.host_id)


@service.on(ProjectSubmitted, changes=it_and_its_host)
async def queue_for_review(event: ProjectSubmitted, work: Work) -> None:
    known = await store.reviews.known_project(work.connection, event.project_id)
    host = await store.copies.host(work.connection, event.host_id)
    review = reviews.open_review(event, known, now=work.now)
    found = findings(review.project, host)
    if review.state is State.OPEN:
        await _supersede_earlier(review, work)
    if not await store.reviews.add_review(work.connection, review, found) or review.state is not State.OPEN:
        return
    if not await _approved_by_rule(review, host, found, work):
        work.publish(ReviewDue(project_id=event.project_id, revision=event.revision), at=review.due_at)


@service.on(ProjectWithdrawn)
async def close_review(event: ProjectWithdrawn, work: Work) -> None:
    await store.reviews.add_withdrawal(work.connection, event.project_id, work.now)
    review = await store.reviews.open_review(work.connection, event.project_id)
    if review:
        await store.reviews.move(work.connection, review.moved(reviews.WITHDRAW, now=work.now))


@service.on(ReviewDue)
async def say_overdue(timer: ReviewDue, work: Work) -> None:
    review = await store.reviews.review(work.connection, timer.project_id, timer.revision)
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


async def _approved_by_rule(review: Review, host: Host | None, found: Sequence[Finding], work: Work) -> bool:
    rules = await store.approval_rules.of_host(work.connection, review.host_id)
    if not rules:
        return False
    revisions = await store.reviews.reviews_of_project(work.connection, review.project_id)
    past = [before for before in revisions if before.revision < review.revision]
    rule = approving_rule(rules, review, host, found, past, now=work.now)
    if rule is None:
        return False
    approved = review.moved(reviews.APPROVE_BY_RULE, now=work.now)
    await store.reviews.move(work.connection, approved)
    await store.approval_rules.note_approval(work.connection, rule, approved, work.now)
    work.publish(reviews.announcement(approved))
    return True
