"""Examples of reviews and of what reviewers do, for tests of the rules."""

from datetime import UTC, datetime
from typing import Any

from services.screening.rules import reviews
from services.screening.rules.deliberation import Entry, Prepared, SecondOpinion
from services.screening.rules.findings import Host
from services.screening.rules.reviews import KnownProject, Review, State, Verdict
from services.screening.rules.rubric import Criterion, Mark, Scoring
from tests.support.examples import project_submitted

MONDAY = datetime(2027, 3, 8, 9, 30, tzinfo=UTC)

ENDS = {
    State.APPROVED: reviews.VERDICTS[Verdict.APPROVE],
    State.RETURNED: reviews.VERDICTS[Verdict.RETURN],
    State.DECLINED: reviews.VERDICTS[Verdict.DECLINE],
    State.SUPERSEDED: reviews.SUPERSEDE,
    State.WITHDRAWN: reviews.WITHDRAW,
}


def review(state: State = State.OPEN, *, at: datetime = MONDAY, **changes: Any) -> Review:
    opened = reviews.open_review(project_submitted(**changes), KnownProject(), now=at)
    return opened if state is State.OPEN else opened.moved(ENDS[state], now=at, comments="An earlier comment.")


def host(legal_status: str = "charity", **changes: Any) -> Host:
    facts = {"host_id": "H0001", "organisation": "Brown & Brown Museum", "sector": "Heritage"}
    return Host(**facts | {"legal_status": legal_status} | changes)


def scoring(reviewer: str, *scores: int) -> Scoring:
    """The scores of a reviewer, in the order of the criteria; a single score is used for all."""
    given = scores if len(scores) == len(Criterion) else scores * len(Criterion)
    marks = {criterion: Mark(score=score) for criterion, score in zip(Criterion, given, strict=True)}
    return Scoring(reviewer, reviewer.capitalize(), marks, MONDAY)


def prepared(verdict: Verdict = Verdict.APPROVE, *, number: int = 1, by: str = "hana", comments: str = "") -> Prepared:
    return Prepared(number, verdict, comments, by, by.capitalize(), MONDAY)


def opinion(asked_by: str = "hana", *, of: str | None = None) -> SecondOpinion:
    return SecondOpinion(asked_by, asked_by.capitalize(), of, of.capitalize() if of else None, "", MONDAY)


def entry(of: Review | None = None, **changes: Any) -> Entry:
    facts: dict[str, Any] = {
        "review": of or review(),
        "host": host(),
        "round_name": "Trinity 2027",
        "reviewer": None,
        "prepared": None,
        "opinion": None,
        "scorings": [],
        "found": None,
    }
    return Entry(**facts | changes)
