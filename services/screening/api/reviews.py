"""The review queue, a project's reviews and its verdict, as JSON; all for staff."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from services.screening import store
from services.screening.actions import verdicts
from services.screening.dependencies import WorkIs, person
from services.screening.rules.deliberation import Entry
from services.screening.rules.differences import Difference, differences
from services.screening.rules.findings import Finding
from services.screening.rules.reviews import State, Verdict
from shared.contracts.fields import HostId, Moment, ProjectId, Revision, RoundId, Title
from shared.contracts.submissions import ProjectTemplate
from shared.refusals import NotFound
from shared.web import StaffIs, StaffOnly

routes = APIRouter(dependencies=[StaffOnly])


class ReviewSummary(BaseModel):
    """A review, as it is listed in the queue."""

    model_config = ConfigDict(from_attributes=True)

    project_id: ProjectId
    revision: Revision
    round_id: RoundId
    host_id: HostId
    title: Title
    state: State
    comments: Annotated[str, Field(description="What the host was told with the verdict, if there is one.")]
    opened_at: Moment
    due_at: Annotated[Moment, Field(description="A review that is still open then is overdue.")]
    waited_days: Annotated[float, Field(description="How many days it has waited: until now, or until it was decided.")]
    overdue: bool
    findings: Annotated[
        list[Finding], Field(description="What a reviewer should look at. Found automatically; decides nothing.")
    ]


class ReviewStep(BaseModel):
    """What happened to a review, when, and by whom."""

    model_config = ConfigDict(from_attributes=True)

    transition: str
    before: State | None
    after: State
    by: str
    at: Moment
    comments: str


class RevisionReview(ReviewSummary):
    """A review in full: the project as submitted, what the host changed, and what happened."""

    project: ProjectTemplate
    changed: Annotated[list[Difference], Field(description="What differs from the revision before.")]
    history: list[ReviewStep]


class ReviewedProject(BaseModel):
    """A project in all its revisions."""

    project_id: ProjectId
    withdrawn: bool
    revisions: Annotated[list[RevisionReview], Field(description="The newest first.")]


class VerdictGiven(BaseModel):
    """What staff decide, and their comments for the host, which `return` and `decline` need."""

    model_config = ConfigDict(extra="forbid")

    verdict: Verdict
    comments: Annotated[
        str, Field(max_length=2_000, pattern=r"^[^\x00]*$", description="Plain text, for the host.")
    ] = ""


@routes.get("/reviews")
async def list_reviews(
    work: WorkIs, state: State | None = None, round_id: RoundId | None = None
) -> list[ReviewSummary]:
    """The review queue: the oldest first, with age, due date and automatic findings."""
    return [_summary(entry, work.now) for entry in await store.queue.entries(work.connection, state, round_id)]


@routes.get("/reviews/{project_id}")
async def read_reviews(project_id: ProjectId, work: WorkIs) -> ReviewedProject:
    """All revisions of a project: as submitted, what changed between them, and the history of each review."""
    known = await store.reviews.known_project(work.connection, project_id)
    revisions = await store.queue.entries_of_project(work.connection, project_id)
    if not revisions:
        raise NotFound(f"No revision of {project_id} was submitted for review.")
    return ReviewedProject(project_id=project_id, withdrawn=known.withdrawn, revisions=_in_full(revisions, work.now))


@routes.post("/reviews/{project_id}/revisions/{revision}/verdict")
async def give_verdict(
    project_id: ProjectId, revision: Revision, given: VerdictGiven, caller: StaffIs, work: WorkIs
) -> ReviewSummary:
    """Approve a revision, return it for correction, or decline it, at once. The same verdict again changes nothing."""
    entry = await verdicts.give_verdict(project_id, revision, given.verdict, given.comments, person(caller), work)
    return _summary(entry, work.now)


def _in_full(revisions: Sequence[Entry], now: datetime) -> list[RevisionReview]:
    changed: list[list[Difference]] = [[]]
    changed += [differences(before.review.project, after.review.project) for before, after in pairwise(revisions)]
    return [
        RevisionReview(
            **_summary(entry, now).model_dump(),
            project=entry.review.project,
            changed=changes,
            history=[ReviewStep.model_validate(step) for step in entry.review.steps],
        )
        for entry, changes in zip(reversed(revisions), reversed(changed), strict=True)
    ]


def _summary(entry: Entry, now: datetime) -> ReviewSummary:
    review = entry.review
    last = review.steps[-1]
    until = now if review.state is State.OPEN else last.at
    return ReviewSummary(
        project_id=review.project_id,
        revision=review.revision,
        round_id=review.round_id,
        host_id=review.host_id,
        title=review.project.title,
        state=review.state,
        comments=last.comments,
        opened_at=review.opened_at,
        due_at=review.due_at,
        waited_days=round((until - review.opened_at).total_seconds() / 86_400, 1),
        overdue=entry.is_overdue(now),
        findings=list(entry.findings),
    )
