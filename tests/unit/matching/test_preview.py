"""The figures of a match under each policy."""

from typing import Any

import pytest
from hypothesis import given

from services.matching.rules import stability
from services.matching.rules.people import Student
from services.matching.rules.policies import Policy
from services.matching.rules.preview import GROUPINGS, Group, Outcome, groups, preview, review
from tests.support.matching import application
from tests.unit.matching.markets import SmallMarket, small_markets

APPLICATIONS = [
    application("S1", "P1", 1, rank=1),
    application("S1", "P2", 2, rank=1),
    application("S2", "P1", 1, rank=2),
    application("S3", "P2", 1, rank=None),
]
PLACES = {"P1": 1, "P2": 2}


def student(student_id: str, **facts: Any) -> Student:
    known: dict[str, Any] = {
        "name": "Elif",
        "level": "UG",
        "year": 2,
        "discipline": "Physics",
        "division": "MPLS",
        "domicile": "home",
    }
    return Student(student_id=student_id, **known | facts)


def ids(outcome: Outcome) -> list[str]:
    return [each.application_id for each in outcome.matched]


def test_the_preview_has_the_figures_of_each_policy() -> None:
    outcomes = preview(APPLICATIONS, PLACES).outcomes

    stable, fullest = outcomes[Policy.STABLE], outcomes[Policy.MOST_PLACES]
    assert (ids(stable), ids(fullest)) == (["S1-P1"], ["S1-P2", "S2-P1"])
    assert (stable.places, stable.students) == (3, 3)
    assert (dict(stable.choices), dict(fullest.choices)) == ({1: 1}, {2: 1, 1: 1})
    assert (stable.hosts_mean_rank, fullest.hosts_mean_rank) == (1.0, 1.5)
    assert [each.application_id for each in fullest.blocking] == ["S1-P1"]
    assert list(stable.blocking) == []


def test_students_without_a_place_are_listed_ranked_or_not() -> None:
    stable = preview(APPLICATIONS, PLACES).outcomes[Policy.STABLE]

    assert stable.students_left == ["S2", "S3"]
    assert stable.places_left == {"P2": 2}


def test_the_review_has_the_match_that_went_out_beside_those_of_the_other_policies() -> None:
    outcomes = review(APPLICATIONS, PLACES, Policy.FIRST_COME, ["S2-P1"]).outcomes

    assert ids(outcomes[Policy.FIRST_COME]) == ["S2-P1"]
    assert ids(outcomes[Policy.STABLE]) == ["S1-P1"]


def test_where_nobody_applied_there_is_no_mean() -> None:
    outcome = preview([], {"P1": 1}).outcomes[Policy.STABLE]

    assert (outcome.hosts_mean_rank, outcome.lowest_choice, outcome.students) == (None, 0, 0)
    assert outcome.places_left == {"P1": 1}


@pytest.mark.parametrize(
    ("grouping", "expected"),
    [
        ("Domicile", [Group("Not known", 1, 0, 0), Group("home", 1, 1, 1), Group("international", 1, 0, 0)]),
        ("Level of study", [Group("Not known", 1, 0, 0), Group("Undergraduate", 2, 1, 1)]),
    ],
)
def test_groups_fare_as_their_students_do(grouping: str, expected: list[Group]) -> None:
    students = {"S1": student("S1"), "S2": student("S2", domicile="international")}
    comparison = preview(APPLICATIONS, PLACES)

    assert groups(comparison, Policy.STABLE, students, GROUPINGS[grouping]) == expected
    assert expected[1].rate == expected[1].placed / expected[1].applied


def test_groups_count_who_got_their_first_choice() -> None:
    comparison = preview(APPLICATIONS, PLACES)

    assert groups(comparison, Policy.MOST_PLACES, {}, GROUPINGS["Division"]) == [Group("Not known", 3, 2, 1)]


@given(small_markets())
def test_a_pair_blocks_where_the_definition_says_so(market: SmallMarket) -> None:
    for match in market.matches()[:20]:
        blocking = stability.blocking_pairs(market.choices, market.rankings, market.places, match)

        assert bool(blocking) == (not market.is_stable(match))
        assert not match.intersection(blocking)
