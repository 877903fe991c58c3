"""What reviewers do on a revision before its verdict is released. Each act is recorded.

All raise `NotFound`, `NotAllowed` if the review no longer waits for a verdict, and `Invalid` with every fault.
"""

from collections.abc import Mapping

from services.screening import store
from services.screening.actions.entries import lock_open_entry
from services.screening.actions.staff import remember
from services.screening.rules.deliberation import Act, Entry, Person, SecondOpinion, check_may_drop, check_question
from services.screening.rules.reviews import verdict_of
from services.screening.rules.rubric import Criterion, Scoring, marks_of
from shared.contracts.faults import Fault
from shared.refusals import Invalid
from shared.runtime.work import Work


async def assign_reviewer(project_id: str, revision: int, reviewer_id: str, by: Person, work: Work) -> Person:
    """Assign a project to a reviewer, oneself or another."""
    entry = await _entry_to_change(project_id, revision, by, work)
    reviewer = await _reviewer(reviewer_id, work)
    if reviewer is None:
        raise Invalid([Fault(field="reviewer", reason="Choose a reviewer who has opened these pages before.")])
    await store.deliberation.assign(work.connection, project_id, reviewer.id, work.now)
    await _note(Act.ASSIGNED, entry, by, work, f"to {reviewer.name}")
    return reviewer


async def unassign_reviewer(project_id: str, revision: int, by: Person, work: Work) -> None:
    entry = await _entry_to_change(project_id, revision, by, work)
    await store.deliberation.unassign(work.connection, project_id)
    await _note(Act.UNASSIGNED, entry, by, work)


async def score_revision(
    project_id: str,
    revision: int,
    scores: Mapping[Criterion, int | None],
    comments: Mapping[Criterion, str],
    by: Person,
    work: Work,
) -> None:
    """Score a revision by the rubric. A reviewer's earlier scores are kept, but only the last ones count."""
    entry = await _entry_to_change(project_id, revision, by, work)
    marks = marks_of(scores, comments)
    await store.deliberation.add_scoring(work.connection, entry.review, Scoring(by.id, by.name, marks, work.now))
    await _note(Act.SCORED, entry, by, work, ", ".join(str(marks[criterion].score) for criterion in Criterion))


async def ask_second_opinion(project_id: str, revision: int, asked_id: str, why: str, by: Person, work: Work) -> None:
    """Ask another reviewer for scores: the one with the id `asked_id`, or any if it is empty."""
    entry = await _entry_to_change(project_id, revision, by, work)
    asked = await _reviewer(asked_id, work) if asked_id else None
    check_question(by, asked, why, named=bool(asked_id))
    opinion = SecondOpinion(by.id, by.name, asked.id if asked else None, asked.name if asked else None, why, work.now)
    await store.deliberation.ask_opinion(work.connection, entry.review, opinion)
    whom = f"of {asked.name}" if asked else "of any other reviewer"
    await _note(Act.OPINION_ASKED, entry, by, work, f"{whom}: {why}" if why else whom)


async def drop_second_opinion(project_id: str, revision: int, by: Person, work: Work, *, is_staff: bool) -> None:
    """Withdraw the request for a second opinion; raises `Forbidden` unless `by` asked for it or is staff."""
    entry = await _entry_to_change(project_id, revision, by, work)
    check_may_drop(entry.opinion, by, is_staff=is_staff)
    await store.deliberation.drop_opinion(work.connection, entry.review)
    await _note(Act.OPINION_NOT_NEEDED, entry, by, work)


async def prepare_verdict(project_id: str, revision: int, verdict: str, comments: str, by: Person, work: Work) -> None:
    """Prepare a verdict, in place of one that was prepared before. The same one again changes nothing."""
    entry = await _entry_to_change(project_id, revision, by, work)
    chosen, text = verdict_of(verdict, comments)
    if entry.prepared and (entry.prepared.verdict, entry.prepared.comments) == (chosen, text):
        return
    await store.deliberation.prepare(work.connection, entry.review, chosen, text, by_id=by.id, at=work.now)
    await _note(Act.PREPARED, entry, by, work, f"{chosen}: {text}" if text else chosen)


async def clear_verdict(project_id: str, revision: int, by: Person, work: Work) -> None:
    """Delete a prepared verdict."""
    entry = await _entry_to_change(project_id, revision, by, work)
    await store.deliberation.clear(work.connection, [entry.key])
    await _note(Act.CLEARED, entry, by, work)


async def _entry_to_change(project_id: str, revision: int, by: Person, work: Work) -> Entry:
    await remember(by, work)
    return await lock_open_entry(project_id, revision, work)


async def _reviewer(reviewer_id: str, work: Work) -> Person | None:
    names = await store.staff.reviewers(work.connection)
    return Person(reviewer_id, names[reviewer_id]) if reviewer_id in names else None


async def _note(act: Act, entry: Entry, by: Person, work: Work, text: str = "") -> None:
    await store.deliberation.note(work.connection, act, [(*entry.key, text)], by_id=by.id, at=work.now)
