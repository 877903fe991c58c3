"""The workflow of a review: one for each revision of a project, from its submission to its end."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from shared.clock import LOCAL_TIME
from shared.contracts.faults import Fault
from shared.contracts.intake import ProjectSubmitted
from shared.contracts.screening import ProjectApproved, ProjectDeclined, ProjectReturned
from shared.contracts.submissions import ProjectTemplate
from shared.refusals import Invalid, NotAllowed
from shared.workflow import Step, Transition

WORKING_DAYS_TO_DECIDE: Final = 5
LONGEST_COMMENTS: Final = 2_000
"""Characters, as the contract has them."""


class State(StrEnum):
    """Where a review is."""

    OPEN = "open"
    APPROVED = "approved"
    RETURNED = "returned"
    DECLINED = "declined"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Verdict(StrEnum):
    """What staff decide on a revision."""

    APPROVE = "approve"
    RETURN = "return"
    DECLINE = "decline"


HOST: Final = "host"
STAFF: Final = "staff"
PROGRAMME_RULE: Final = "programme rule"

SUBMIT: Final = Transition("submit", before=(None,), after=State.OPEN, by=HOST)
SUPERSEDE: Final = Transition("supersede", before=(State.OPEN,), after=State.SUPERSEDED, by=HOST)
WITHDRAW: Final = Transition("withdraw", before=(State.OPEN,), after=State.WITHDRAWN, by=HOST)
VERDICTS: Final = {
    Verdict.APPROVE: Transition("approve", before=(State.OPEN,), after=State.APPROVED, by=STAFF),
    Verdict.RETURN: Transition("return", before=(State.OPEN,), after=State.RETURNED, by=STAFF),
    Verdict.DECLINE: Transition("decline", before=(State.OPEN,), after=State.DECLINED, by=STAFF),
}
APPROVE_BY_RULE: Final = Transition("approve", before=(State.OPEN,), after=State.APPROVED, by=PROGRAMME_RULE)


@dataclass(frozen=True, slots=True)
class Review:
    """The review of a revision: the project as submitted, and its history. The last step has the state."""

    project_id: str
    revision: int
    round_id: str
    host_id: str
    project: ProjectTemplate
    opened_at: datetime
    due_at: datetime
    steps: tuple[Step[State], ...]

    @property
    def state(self) -> State:
        return self.steps[-1].after

    def moved(self, transition: Transition[State], *, now: datetime, comments: str = "") -> "Review":
        """The review after a transition; raises `NotAllowed` if the transition does not lead from its state."""
        return replace(self, steps=(*self.steps, transition.step(self.state, at=now, comments=comments)))


@dataclass(frozen=True, slots=True)
class KnownProject:
    """What is known of a project when a revision arrives. Revisions and a withdrawal may arrive in any order."""

    newest_revision: int = 0
    withdrawn: bool = False


def open_review(event: ProjectSubmitted, known: KnownProject, *, now: datetime) -> Review:
    """The review of a revision; it is closed at once if the project was withdrawn or a newer revision has arrived."""
    review = Review(
        project_id=event.project_id,
        revision=event.revision,
        round_id=event.round_id,
        host_id=event.host_id,
        project=ProjectTemplate(**event.model_dump(include=set(ProjectTemplate.model_fields))),
        opened_at=now,
        due_at=working_days_later(now, WORKING_DAYS_TO_DECIDE),
        steps=(SUBMIT.step(None, at=now),),
    )
    if known.withdrawn:
        return review.moved(WITHDRAW, now=now)
    if known.newest_revision > event.revision:
        return review.moved(SUPERSEDE, now=now)
    return review


def working_days_later(moment: datetime, days: int) -> datetime:
    """The same local time so many working days (Monday to Friday) later; bank holidays are counted as working days."""
    local = moment.astimezone(LOCAL_TIME)
    while days:
        local += timedelta(days=1)
        days -= local.isoweekday() <= 5
    return local.astimezone(UTC)


def verdict_of(verdict: str, comments: str) -> tuple[Verdict, str]:
    """A verdict and its comments as somebody wrote them; raises `Invalid`.

    Comments are needed unless the project is approved: its host must be told why.
    """
    text = comments.strip()
    if verdict not in list(Verdict):
        raise Invalid([Fault(field="verdict", reason="Choose a verdict.")])
    if verdict != Verdict.APPROVE and not text:
        raise Invalid([Fault(field="comments", reason=f"Say why, for the host: {verdict} needs comments.")])
    if len(text) > LONGEST_COMMENTS:
        reason = f"At most {LONGEST_COMMENTS:,} characters; these are {len(text):,}."
        raise Invalid([Fault(field="comments", reason=reason)])
    return Verdict(verdict), text


def decide(review: Review, verdict: Verdict, comments: str, *, now: datetime) -> Review:
    """The review with its verdict; the same object if this verdict was given before.

    Raises `NotAllowed`, with what happened to the review, if it takes no verdict any more.
    """
    transition, last = VERDICTS[verdict], review.steps[-1]
    if (last.transition, last.comments) == (transition.name, comments):
        return review
    if review.state not in transition.before:
        raise NotAllowed(what_happened(review))
    return review.moved(transition, now=now, comments=comments)


def what_happened(review: Review) -> str:
    """Why a review takes no verdict any more, as text for staff."""
    last = review.steps[-1]
    when = f"{last.at.astimezone(LOCAL_TIME):%-d %B %Y at %H:%M}"
    match review.state:
        case State.SUPERSEDED:
            return f"Revision {review.revision} was superseded by a newer one on {when}: decide on that one."
        case State.WITHDRAWN:
            return f"The host withdrew the project on {when}: there is nothing left to decide."
        case _:
            return f"Revision {review.revision} was {review.state} on {when}; a verdict is not changed afterwards."


def verdict_event(review: Review) -> ProjectApproved | ProjectReturned | ProjectDeclined:
    """The event to publish for a decided review; raises `ValueError` for a review without a verdict."""
    ids: dict[str, Any] = {
        "project_id": review.project_id,
        "revision": review.revision,
        "round_id": review.round_id,
        "host_id": review.host_id,
    }
    match review.state:
        case State.APPROVED:
            return ProjectApproved(
                **ids,
                title=review.project.title,
                places=review.project.places,
                week=review.project.week,
                days=review.project.days,
                starts_on=review.project.starts_on,
                # Intake has checked that the days are within one week, Monday to Friday.
                ends_on=review.project.starts_on + timedelta(days=review.project.days - 1),
            )
        case State.RETURNED:
            return ProjectReturned(**ids, comments=review.steps[-1].comments)
        case State.DECLINED:
            return ProjectDeclined(**ids, comments=review.steps[-1].comments)
        case _:
            raise ValueError(f"a review that is {review.state} has no verdict")
