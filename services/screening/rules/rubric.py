"""The rubric: five criteria, which every reviewer scores from 1 to 4 independently, and a summary of the scores."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from statistics import fmean
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.faults import Fault
from shared.refusals import Invalid

LOWEST: Final = 1
HIGHEST: Final = 4
APART: Final = 2
"""Scores of one criterion that are so far apart are a disagreement: one reviewer would return what another accepts."""
LONGEST_COMMENT: Final = 1_000


class Criterion(StrEnum):
    """What a project is judged by."""

    TANGIBLE_OUTCOME = "tangible_outcome"
    SCOPE = "scope"
    SUPERVISION = "supervision"
    LEARNING = "learning"
    SUITABILITY = "suitability"


@dataclass(frozen=True, slots=True)
class Guidance:
    """A criterion's name, its question, and what each score means, from 1 upwards."""

    name: str
    question: str
    meanings: tuple[str, str, str, str]


GUIDANCE: Final[Mapping[Criterion, Guidance]] = {
    Criterion.TANGIBLE_OUTCOME: Guidance(
        "Tangible outcome",
        "What will exist on the last day that did not exist on the first?",
        (
            "Nothing is named",
            "Something is named, but nobody could tell whether it was done",
            "A thing that can be shown",
            "A thing that can be shown, and that somebody will use",
        ),
    ),
    Criterion.SCOPE: Guidance(
        "Scope",
        "Can it be done in these days by somebody who is new to it?",
        (
            "No, or it is impossible to tell",
            "Only with a good deal of luck",
            "Yes, with the supervisor's help",
            "Yes, and it is clear what it leaves out",
        ),
    ),
    Criterion.SUPERVISION: Guidance(
        "Supervision",
        "Who is there for the student, when and how?",
        (
            "Nobody is named",
            "Somebody is named, without times",
            "A named supervisor, daily",
            "A named supervisor, daily, who reviews the work with the student",
        ),
    ),
    Criterion.LEARNING: Guidance(
        "Learning",
        "Does the student see how the host works, and learn from it?",
        (
            "It is routine work",
            "Little beyond the task itself",
            "The task teaches something of the sector",
            "The student sees decisions made, and meets those who make them",
        ),
    ),
    Criterion.SUITABILITY: Guidance(
        "Suitability",
        "Is it lawful and safe, and observing and assisting rather than unpaid work?",
        (
            "No: excluded, unsafe, or a job",
            "There are doubts that the host must settle",
            "Yes",
            "Yes, and it is open to any student",
        ),
    ),
}


class Mark(BaseModel):
    """A score for one criterion, and why."""

    model_config = ConfigDict(frozen=True)

    score: int = Field(ge=LOWEST, le=HIGHEST)
    comment: str = Field(default="", max_length=LONGEST_COMMENT)


@dataclass(frozen=True, slots=True)
class Scoring:
    """One reviewer's marks for a revision, as they last gave them."""

    reviewer_id: str
    reviewer: str
    marks: Mapping[Criterion, Mark]
    at: datetime


@dataclass(frozen=True, slots=True)
class Spread:
    """The mean, the lowest and the highest of several scores."""

    mean: float
    lowest: int
    highest: int

    @property
    def is_wide(self) -> bool:
        return self.highest - self.lowest >= APART


@dataclass(frozen=True, slots=True)
class Summary:
    """All reviewers' scores of a revision, summarised by criterion, and the mean over all criteria."""

    reviewers: int
    by_criterion: Mapping[Criterion, Spread]
    mean: float

    @property
    def disagreements(self) -> tuple[Criterion, ...]:
        return tuple(criterion for criterion, spread in self.by_criterion.items() if spread.is_wide)


def summary(scorings: Sequence[Scoring]) -> Summary | None:
    """The summary of the scores; `None` if nobody has scored."""
    if not scorings:
        return None
    spreads = {criterion: _spread(each.marks[criterion].score for each in scorings) for criterion in Criterion}
    return Summary(len(scorings), spreads, fmean(spread.mean for spread in spreads.values()))


def marks_of(scores: Mapping[Criterion, int | None], comments: Mapping[Criterion, str]) -> dict[Criterion, Mark]:
    """The marks that were given; raises `Invalid` unless each criterion is scored. Comments are optional."""
    marks: dict[Criterion, Mark] = {}
    faults: list[Fault] = []
    for criterion in Criterion:
        score, comment = scores.get(criterion), comments.get(criterion, "").strip()
        if score is None or not LOWEST <= score <= HIGHEST:
            name = GUIDANCE[criterion].name
            faults.append(Fault(field=score_field(criterion), reason=f"{name}: choose a score from 1 to 4."))
        elif len(comment) > LONGEST_COMMENT:
            faults.append(
                Fault(
                    field=comment_field(criterion),
                    reason=f"At most {LONGEST_COMMENT:,} characters; this one has {len(comment):,}.",
                )
            )
        else:
            marks[criterion] = Mark(score=score, comment=comment)
    if faults:
        raise Invalid(faults)
    return marks


def score_field(criterion: Criterion) -> str:
    """The name of a criterion's score in a form."""
    return f"score_{criterion}"


def comment_field(criterion: Criterion) -> str:
    """The name of a criterion's comment in a form."""
    return f"comment_{criterion}"


def _spread(scores: Iterable[int]) -> Spread:
    given = sorted(scores)
    return Spread(fmean(given), given[0], given[-1])
