"""What a round's surveys say: response rates and means, by side and by what is known of project, host and student."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.evaluation import Respondent
from shared.contracts.fields import Moment, RoundId

FEWEST_ANSWERS: Final = 3
"""Means of fewer answers are not told: a reader could tell whose they are."""

PROMOTER_FROM: Final = 9
DETRACTOR_TO: Final = 6
"""The net promoter score's bounds on 0 to 10 (Reichheld, Harvard Business Review, December 2003)."""


class Dimension(StrEnum):
    """What answers are told by; the value names the column of the tally."""

    EVERYONE = "everyone"
    CATEGORY = "category"
    SECTOR = "sector"
    SIZE = "size"
    ALUMNI = "alumni"
    COUNTRY = "country"
    DISCIPLINE = "discipline"
    DIVISION = "division"
    LEVEL = "level"
    DOMICILE = "domicile"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of one side were asked and answered in one group, and the sums of what they answered."""

    dimension: Dimension
    value: str | None
    respondent: Respondent
    asked: int = 0
    still_open: int = 0
    answered: int = 0
    comments: int = 0
    outcome: int = 0
    supervision: int = 0
    skills_before: int = 0
    skills_after: int = 0
    network: int = 0
    recommend: int = 0
    promoters: int = 0
    detractors: int = 0


@dataclass(frozen=True, slots=True)
class EvaluatedRound:
    """A round as far as evaluation knows it; the days are those of its completed placements."""

    round_id: str
    name: str
    placements: int
    first_day: date | None
    last_day: date | None


@dataclass(frozen=True, slots=True)
class RoundSoFar:
    """A round in the list of reports: its completed placements, and how many of those who were asked have answered."""

    round_id: str
    name: str
    placements: int
    last_day: date | None
    asked: int
    closed: int
    answered: int


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True)


Mean = Annotated[float, Field(description="A mean of answers from 1 to 5, to one decimal.")]
Percent = Annotated[int, Field(ge=0, le=100, description="A share of those who answered, in per cent.")]


class Scores(_Told):
    """What one side answered, on average."""

    outcome: Mean
    supervision: Mean
    skills_before: Mean
    skills_after: Mean
    skills_gain: Annotated[float, Field(description="After less before, worked out before rounding.")]
    network: Mean
    recommend: Annotated[float, Field(description="A mean of answers from 0 to 10, to one decimal.")]
    promoters: Percent
    detractors: Percent
    net_promoter: Annotated[int, Field(ge=-100, le=100, description="Promoters less detractors, in points of 100.")]


class SideReport(_Told):
    """One side, in one group."""

    asked: Annotated[int, Field(description="Surveys that were opened.")]
    still_open: Annotated[int, Field(description="Surveys that still take answers.")]
    answered: Annotated[int, Field(description="How many answered: the n of every mean in `scores`.")]
    response_rate: Annotated[float | None, Field(description="Answered of asked, from 0 to 1; null if none was asked.")]
    comments: Annotated[int, Field(description="How many wrote a comment.")]
    scores: Annotated[Scores | None, Field(description=f"Null where fewer than {FEWEST_ANSWERS} answered.")]


class GroupReport(_Told):
    """Both sides of the placements that have something in common."""

    value: Annotated[str | None, Field(description="As its system sent it; null if it is not known.")]
    student: SideReport
    host: SideReport


class Breakdown(_Told):
    """The round, told by one dimension; the largest group first, what is not known last."""

    dimension: Dimension
    groups: list[GroupReport]


class Report(_Told):
    """What a round's surveys say so far. Comments are counted, never told."""

    round_id: RoundId
    round_name: str
    made_at: Moment
    placements: Annotated[int, Field(description="Placements that were completed.")]
    first_day: date | None
    last_day: date | None
    student: SideReport
    host: SideReport
    breakdowns: list[Breakdown]


def report(evaluated: EvaluatedRound, tallies: Iterable[Tally], *, now: datetime) -> Report:
    """The report of a round, from the tallies of every dimension, group and side."""
    groups: defaultdict[Dimension, defaultdict[str | None, dict[Respondent, Tally]]]
    groups = defaultdict(lambda: defaultdict(dict))
    for tally in tallies:
        groups[tally.dimension][tally.value][tally.respondent] = tally
    everyone = _group(Dimension.EVERYONE, None, groups[Dimension.EVERYONE][None])
    return Report(
        round_id=evaluated.round_id,
        round_name=evaluated.name,
        made_at=now,
        placements=evaluated.placements,
        first_day=evaluated.first_day,
        last_day=evaluated.last_day,
        student=everyone.student,
        host=everyone.host,
        breakdowns=[
            Breakdown(
                dimension=dimension,
                groups=_in_order(_group(dimension, value, sides) for value, sides in groups[dimension].items()),
            )
            for dimension in Dimension
            if dimension is not Dimension.EVERYONE
        ],
    )


def _in_order(groups: Iterable[GroupReport]) -> Sequence[GroupReport]:
    return sorted(groups, key=lambda group: (group.value is None, -group.student.asked, group.value))


def _group(dimension: Dimension, value: str | None, sides: dict[Respondent, Tally]) -> GroupReport:
    def side(respondent: Respondent) -> SideReport:
        return _side(sides.get(respondent, Tally(dimension, value, respondent)))

    return GroupReport(value=value, student=side("student"), host=side("host"))


def _side(tally: Tally) -> SideReport:
    return SideReport(
        asked=tally.asked,
        still_open=tally.still_open,
        answered=tally.answered,
        response_rate=round(tally.answered / tally.asked, 3) if tally.asked else None,
        comments=tally.comments,
        scores=_scores(tally) if tally.answered >= FEWEST_ANSWERS else None,
    )


def _scores(tally: Tally) -> Scores:
    def mean(total: int) -> float:
        return round(total / tally.answered, 1)

    def percent(count: int) -> int:
        return round(100 * count / tally.answered)

    return Scores(
        outcome=mean(tally.outcome),
        supervision=mean(tally.supervision),
        skills_before=mean(tally.skills_before),
        skills_after=mean(tally.skills_after),
        skills_gain=mean(tally.skills_after - tally.skills_before),
        network=mean(tally.network),
        recommend=mean(tally.recommend),
        promoters=percent(tally.promoters),
        detractors=percent(tally.detractors),
        net_promoter=percent(tally.promoters - tally.detractors),
    )
