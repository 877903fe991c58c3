"""Charts as geometry: where each mark of each row lies. `pages/charts.html` draws them.

The questions fix the scales, so charts of different groups, dimensions and rounds can be compared by eye. Nothing has
to be fitted or looked up, so the few shapes are written directly: a chart has neither a script nor a style of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Final

from services.evaluation.rules.report import Scores, SideReport
from shared.contracts.evaluation import Respondent

WIDTH: Final = 340
LEFT: Final = 148
RIGHT: Final = 326
TOP: Final = 4
ROW: Final = 32
APART: Final = 9
LETTERS_A_LINE: Final = 21


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale from its first tick, at the left, to its last, at the right."""

    ticks: tuple[tuple[float, str], ...]

    def x(self, value: float) -> float:
        """The position of a value on the chart, in units of the chart's width."""
        low, high = self.ticks[0][0], self.ticks[-1][0]
        return round(LEFT + (RIGHT - LEFT) * (value - low) / (high - low), 1)


SHARES: Final = Scale(((0, "0%"), (0.5, "50%"), (1, "100%")))
ONE_TO_FIVE: Final = Scale(tuple((value, str(value)) for value in range(1, 6)))
ZERO_TO_TEN: Final = Scale(((0, "0"), (5, "5"), (10, "10")))


@dataclass(frozen=True, slots=True)
class Span:
    """What a mark shows: a value, and where its stem starts, if it has one."""

    value: float
    start: float | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """What a chart shows of one side; `span` is `None` if there is no value to show."""

    key: str
    title: str
    scale: Scale
    span: Callable[[SideReport], Span | None]
    from_hollow: bool = False
    """Whether the stem starts at a value of its own, drawn as a hollow mark."""


def _scored(span: Callable[[Scores], Span]) -> Callable[[SideReport], Span | None]:
    return lambda side: span(side.scores) if side.scores else None


RESPONSE: Final = Measure(
    "response",
    "Response rate",
    SHARES,
    lambda side: None if side.response_rate is None else Span(side.response_rate, start=0),
)
OUTCOME: Final = Measure("outcome", "Outcome", ONE_TO_FIVE, _scored(lambda scores: Span(scores.outcome)))
SUPERVISION: Final = Measure(
    "supervision", "Supervision", ONE_TO_FIVE, _scored(lambda scores: Span(scores.supervision))
)
SKILLS: Final = Measure(
    "skills",
    "Skills, before and after",
    ONE_TO_FIVE,
    _scored(lambda scores: Span(scores.skills_after, start=scores.skills_before)),
    from_hollow=True,
)
NETWORK: Final = Measure("network", "Network", ONE_TO_FIVE, _scored(lambda scores: Span(scores.network)))
RECOMMEND: Final = Measure("recommend", "Would recommend", ZERO_TO_TEN, _scored(lambda scores: Span(scores.recommend)))
MEASURES: Final = (RESPONSE, OUTCOME, SUPERVISION, SKILLS, NETWORK, RECOMMEND)

Sides = Mapping[Respondent, SideReport]


@dataclass(frozen=True, slots=True)
class Mark:
    """One side's mark in a row; without `x` there is no value to show."""

    side: Respondent
    y: float
    x: float | None
    start: float | None
    from_hollow: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A row's label, in lines, and its marks."""

    lines: list[str]
    y: float
    marks: list[Mark]

    @property
    def too_few(self) -> bool:
        """Whether no side has a value to show. If only one side has none, the table says why."""
        return all(mark.x is None for mark in self.marks)


@dataclass(frozen=True, slots=True)
class Chart:
    """What `pages/charts.html` draws; lengths in units of the chart's width."""

    key: str
    title: str
    rows: list[Row]
    ticks: list[tuple[float, str]]

    @property
    def bottom(self) -> float:
        """Where the rows end and the axis begins."""
        return TOP + ROW * len(self.rows)


def by_group(key: str, measure: Measure, groups: Sequence[tuple[str, Sides]]) -> Chart:
    """One measure: a row for each group."""
    return _chart(key, measure.title, measure.scale, [(label, measure, sides) for label, sides in groups])


def by_measure(key: str, title: str, measures: Sequence[Measure], sides: Sides) -> Chart:
    """One group: a row for each measure, all of one scale."""
    return _chart(key, title, measures[0].scale, [(measure.title, measure, sides) for measure in measures])


def _chart(key: str, title: str, scale: Scale, rows: Sequence[tuple[str, Measure, Sides]]) -> Chart:
    return Chart(
        key=key,
        title=title,
        rows=[_row(*row, y=TOP + ROW * (place + 0.5)) for place, row in enumerate(rows)],
        ticks=[(scale.x(value), label) for value, label in scale.ticks],
    )


def _row(label: str, measure: Measure, sides: Sides, *, y: float) -> Row:
    first = y - APART * (len(sides) - 1) / 2
    return Row(
        lines=wrap(label, LETTERS_A_LINE, max_lines=2, placeholder="…"),
        y=y,
        marks=[
            _mark(respondent, measure, side, y=first + APART * place)
            for place, (respondent, side) in enumerate(sides.items())
        ],
    )


def _mark(respondent: Respondent, measure: Measure, side: SideReport, *, y: float) -> Mark:
    span = measure.span(side)
    return Mark(
        side=respondent,
        y=y,
        x=measure.scale.x(span.value) if span else None,
        start=measure.scale.x(span.start) if span and span.start is not None else None,
        from_hollow=measure.from_hollow,
    )
