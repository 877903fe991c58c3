"""Publish verdicts: one at once, or several that were prepared, together."""

from collections.abc import Sequence
from dataclasses import replace

from services.screening import store
from services.screening.actions.entries import lock_entry
from services.screening.actions.staff import remember
from services.screening.rules import reviews
from services.screening.rules.deliberation import Act, Entry, Person
from services.screening.rules.release import Chosen, Release, release
from shared.contracts.message import subject
from shared.refusals import NotAllowed
from shared.runtime.work import Work


async def give_verdict(project_id: str, revision: int, verdict: str, comments: str, by: Person, work: Work) -> Entry:
    """Decide on a revision at once; the same verdict again changes nothing.

    Raises `Invalid`, `NotFound`, or `NotAllowed` if the review takes no verdict, or still waits for a second opinion.
    """
    chosen, text = reviews.verdict_of(verdict, comments)
    entry = await lock_entry(project_id, revision, work)
    if entry.opinion_missing:
        raise NotAllowed(f"A second opinion was asked for. {entry.opinion_missing}")
    decided = reviews.decide(entry.review, chosen, text, now=work.now)
    if decided is not entry.review:
        await remember(by, work)
        await store.reviews.move(work.connection, decided)
        await store.deliberation.clear(work.connection, [entry.key])
        line = (*entry.key, "at once")
        await store.deliberation.note(work.connection, Act.RELEASED, [line], by_id=by.id, at=work.now)
        work.publish(reviews.verdict_event(decided))
    return replace(entry, review=decided)


async def release_verdicts(chosen: Sequence[Chosen], by: Person, work: Work) -> Release:
    """Release the chosen verdicts in one unit of work; leave out those that changed since they were looked at."""
    await remember(by, work)
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
    await store.deliberation.clear(work.connection, [*released, *overtaken])
    lines = {Act.RELEASED: released, Act.LEFT_OUT: overtaken}
    for act, of in lines.items():
        await store.deliberation.note(work.connection, act, [(*key, "") for key in of], by_id=by.id, at=work.now)
    for review in outcome.decided:
        work.publish(reviews.verdict_event(review))
    return outcome
