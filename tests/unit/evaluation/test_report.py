"""The figures of a report, compared with figures calculated by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.evaluation.rules.report import Dimension, EvaluatedRound, Report, Tally, report

# Four students answered 5, 4, 4, 2 on outcome; 10, 9, 7, 3 on recommendation; and so on.
STUDENTS = Tally(
    Dimension.EVERYONE,
    None,
    "student",
    asked=5,
    still_open=1,
    answered=4,
    comments=2,
    outcome=15,
    supervision=18,
    skills_before=9,
    skills_after=16,
    network=13,
    recommend=29,
    promoters=2,
    detractors=1,
)
HOSTS = Tally(
    Dimension.EVERYONE, None, "host", asked=5, answered=2, outcome=9, skills_after=10, recommend=20, promoters=2
)


def reported(*tallies: Tally) -> Report:
    evaluated = EvaluatedRound("trinity-2027", "Trinity 2027", 5, date(2027, 6, 21), date(2027, 7, 2))
    return report(evaluated, tallies, now=datetime(2027, 7, 16, tzinfo=UTC))


def groups_of(result: Report, dimension: Dimension) -> list[str | None]:
    (breakdown,) = (breakdown for breakdown in result.breakdowns if breakdown.dimension is dimension)
    return [group.value for group in breakdown.groups]


def test_means_shares_and_the_gain_are_those_calculated_by_hand() -> None:
    student = reported(STUDENTS, HOSTS).student

    assert (student.asked, student.answered, student.still_open, student.comments) == (5, 4, 1, 2)
    assert student.response_rate == 0.8
    assert student.scores is not None
    assert student.scores.model_dump() == {
        "outcome": 3.8,  # 15 / 4
        "supervision": 4.5,  # 18 / 4
        "skills_before": 2.2,  # 9 / 4
        "skills_after": 4.0,  # 16 / 4
        "skills_gain": 1.8,  # 7 / 4: before rounding, so not 4.0 - 2.2
        "network": 3.2,  # 13 / 4
        "recommend": 7.2,  # 29 / 4
        "promoters": 50,  # 2 of 4
        "detractors": 25,  # 1 of 4
        "net_promoter": 25,
    }


def test_means_of_fewer_than_three_answers_are_left_out_but_the_number_of_answers_is_not() -> None:
    host = reported(STUDENTS, HOSTS).host

    assert host.scores is None
    assert (host.asked, host.answered, host.response_rate) == (5, 2, 0.4)


@pytest.mark.parametrize(("answered", "has_means"), [(0, False), (1, False), (2, False), (3, True)])
def test_three_answers_are_enough_in_every_group(answered: int, has_means: bool) -> None:
    group = replace(STUDENTS, dimension=Dimension.LEVEL, value="PGR", answered=answered, promoters=0, detractors=0)

    result = reported(STUDENTS, group)

    level = next(breakdown for breakdown in result.breakdowns if breakdown.dimension is Dimension.LEVEL)
    assert (level.groups[0].student.scores is not None) is has_means


def test_if_nobody_was_asked_there_is_no_response_rate_rather_than_zero() -> None:
    result = reported()

    assert result.student.response_rate is None
    assert result.student.scores is None
    assert all(breakdown.groups == [] for breakdown in result.breakdowns)


def test_every_dimension_has_its_largest_group_first_and_the_unknown_one_last() -> None:
    def law(value: str | None, asked: int) -> Tally:
        return Tally(Dimension.SECTOR, value, "student", asked=asked)

    result = reported(law(None, 90), law("Law", 4), law("Finance", 9), law("Consulting", 4))

    assert [breakdown.dimension for breakdown in result.breakdowns] == [
        "category",
        "sector",
        "size",
        "alumni",
        "country",
        "discipline",
        "division",
        "level",
        "domicile",
    ]
    assert groups_of(result, Dimension.SECTOR) == ["Finance", "Consulting", "Law", None]


def test_all_promoters_and_all_detractors_are_the_ends_of_the_net_promoter_score() -> None:
    promoters = replace(STUDENTS, promoters=4, detractors=0)
    detractors = replace(STUDENTS, respondent="host", promoters=0, detractors=4)

    result = reported(promoters, detractors)

    assert result.student.scores is not None
    assert result.host.scores is not None
    assert (result.student.scores.net_promoter, result.host.scores.net_promoter) == (100, -100)
