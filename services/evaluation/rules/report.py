"""The report on a round's surveys: response rates and means, for each side and for groups of placements."""

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
"""Means of fewer answers are left out: a reader could guess whose answers they are."""

PROMOTER_FROM: Final = 9
DETRACTOR_TO: Final = 6
"""The net promoter score's bounds on 0 to 10 (Reichheld, Harvard Business Review, December 2003)."""


class Dimension(StrEnum):
    """By what answers are grouped; the value is the name in the store's tallies."""

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
    """One side in one group: how many were asked, how many answered, and the sums of their answers."""

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
    """A round with the number of its completed placements, and their first and last day."""

    round_id: str
    name: str
    placements: int
    first_day: date | None
    last_day: date | None


@dataclass(frozen=True, slots=True)
class RoundSoFar:
    """A round in the list of reports: how many placements are completed, and how many surveys are answered."""

    round_id: str
    name: str
    placements: int
    last_day: date | None
    asked: int
    closed: int
    answered: int


class _ReportPart(BaseModel):
    model_config = ConfigDict(frozen=True)


Mean = Annotated[float, Field(description="A mean of answers from 1 to 5, to one decimal.")]
Percent = Annotated[int, Field(ge=0, le=100, description="A share of those who answered, in per cent.")]


class Scores(_ReportPart):
    """What one side answered, on average."""

    outcome: Mean
    supervision: Mean
    skills_before: Mean
    skills_after: Mean
    skills_gain: Annotated[float, Field(description="After minus before, calculated before rounding.")]
    network: Mean
    recommend: Annotated[float, Field(description="A mean of answers from 0 to 10, to one decimal.")]
    promoters: Percent
    detractors: Percent
    net_promoter: Annotated[int, Field(ge=-100, le=100, description="Promoters minus detractors, from -100 to 100.")]


class SideReport(_ReportPart):
    """One side, in one group."""

    asked: Annotated[int, Field(description="Surveys that were opened.")]
    still_open: Annotated[int, Field(description="Surveys that still take answers.")]
    answered: Annotated[int, Field(description="How many answered: the n of every mean in `scores`.")]
    response_rate: Annotated[float | None, Field(description="Answered of asked, from 0 to 1; null if none was asked.")]
    comments: Annotated[int, Field(description="How many wrote a comment.")]
    scores: Annotated[Scores | None, Field(description=f"Null where fewer than {FEWEST_ANSWERS} answered.")]


class GroupReport(_ReportPart):
    """Both sides of one group of placements."""

    value: Annotated[str | None, Field(description="What the group has in common, as it was sent; null if not known.")]
    student: SideReport
    host: SideReport


class Breakdown(_ReportPart):
    """The round grouped by one dimension: the largest group first, the group that is not known last."""

    dimension: Dimension
    groups: list[GroupReport]


class Report(_ReportPart):
    """The report on a round's surveys so far. Comments are counted, never shown."""

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
