"""The student-optimal stable match."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from services.matching.rules import stability
from services.matching.rules.deferred_acceptance import student_optimal_match
from tests.unit.matching.markets import SmallMarket, small_markets


def matched(market: SmallMarket) -> frozenset[str]:
    return frozenset(student_optimal_match(market.choices, market.rankings, market.places))


def test_each_side_gets_the_best_it_can() -> None:
    # Gale & Shapley's first example, read as three students and three projects with a place each.
    market = SmallMarket(
        choices={"α": ["αA", "αB", "αC"], "β": ["βB", "βC", "βA"], "γ": ["γC", "γA", "γB"]},
        rankings={"A": ["βA", "γA", "αA"], "B": ["γB", "αB", "βB"], "C": ["αC", "βC", "γC"]},
        places={"A": 1, "B": 1, "C": 1},
    )

    assert matched(market) == {"αA", "βB", "γC"}


def test_an_applicant_whom_the_project_ranks_higher_takes_the_place() -> None:
    market = SmallMarket(
        choices={"S1": ["S1-P1"], "S2": ["S2-P1", "S2-P2"]},
        rankings={"P1": ["S1-P1", "S2-P1"], "P2": ["S2-P2"]},
        places={"P1": 1, "P2": 1},
    )

    assert matched(market) == {"S1-P1", "S2-P2"}
    assert matched(market.shuffled(Random(1))) == {"S1-P1", "S2-P2"}


def test_an_application_that_is_not_ranked_gets_no_place_even_where_one_is_free() -> None:
    assert student_optimal_match({"S1": ["S1-P1"]}, {"P1": []}, {"P1": 2}) == set()


def test_a_project_without_places_gives_none() -> None:
    assert student_optimal_match({"S1": ["S1-P1"]}, {"P1": ["S1-P1"]}, {}) == set()


def test_without_students_and_projects_the_match_is_empty() -> None:
    assert student_optimal_match({}, {}, {}) == set()


@given(small_markets())
def test_the_match_is_stable_and_within_capacity(market: SmallMarket) -> None:
    assert matched(market) in market.matches()
    assert market.is_stable(matched(market))


@given(small_markets())
def test_no_stable_match_is_better_for_any_student(market: SmallMarket) -> None:
    match = matched(market)

    for other in filter(market.is_stable, market.matches()):
        for student in market.choices:
            assert market.satisfaction(match, student) >= market.satisfaction(other, student)


@given(small_markets(), st.randoms(use_true_random=False))
def test_the_match_does_not_depend_on_the_order_of_what_is_given(market: SmallMarket, random: Random) -> None:
    assert matched(market.shuffled(random)) == matched(market)


def test_the_match_of_a_large_market_is_stable() -> None:
    random = Random(2027)
    projects = [f"P{number}" for number in range(400)]
    applied = {f"S{number}": random.sample(projects, 5) for number in range(2_000)}
    choices = {student: [f"{student}-{project}" for project in wishes] for student, wishes in applied.items()}
    rankings = {
        project: [f"{student}-{project}" for student in applied if project in applied[student]] for project in projects
    }
    for ranking in rankings.values():
        random.shuffle(ranking)
    places = {project: random.randint(0, 6) for project in projects}

    match = student_optimal_match(choices, rankings, places)

    assert len(match) > 1_000
    assert stability.violations(choices, rankings, places, match) == []
