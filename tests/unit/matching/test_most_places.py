"""The match that fills the most places."""

import time
from random import Random

import pytest
from hypothesis import given

from services.matching.rules import stability
from services.matching.rules.deferred_acceptance import student_optimal_match
from services.matching.rules.most_places import fullest_match
from tests.unit.matching.markets import SmallMarket, small_markets


def matched(market: SmallMarket) -> frozenset[str]:
    return frozenset(fullest_match(market.choices, market.rankings, market.places))


def merit(market: SmallMarket, match: frozenset[str]) -> tuple[int, int, int]:
    """The lower the better: students without a place, positions among their choices, ranks at the hosts."""
    choices = [wishes.index(wish) for wishes in market.choices.values() for wish in match.intersection(wishes)]
    ranks = [ranking.index(taken) for ranking in market.rankings.values() for taken in match.intersection(ranking)]
    return (-len(match), sum(choices), sum(ranks))


def test_a_student_moves_to_a_second_choice_where_that_places_one_more() -> None:
    market = SmallMarket(
        choices={"S1": ["S1-P1", "S1-P2"], "S2": ["S2-P1"]},
        rankings={"P1": ["S1-P1", "S2-P1"], "P2": ["S1-P2"]},
        places={"P1": 1, "P2": 1},
    )

    assert matched(market) == {"S1-P2", "S2-P1"}


def test_a_contested_place_goes_to_the_better_choice_and_then_to_the_higher_rank() -> None:
    chosen_first = SmallMarket(
        choices={"S1": ["S1-P2", "S1-P1"], "S2": ["S2-P1"]},
        rankings={"P1": ["S1-P1", "S2-P1"], "P2": ["S1-P2"]},
        places={"P1": 1, "P2": 0},
    )
    ranked_higher = SmallMarket(
        choices={"S1": ["S1-P1"], "S2": ["S2-P1"]}, rankings={"P1": ["S2-P1", "S1-P1"]}, places={"P1": 1}
    )

    assert matched(chosen_first) == {"S2-P1"}
    assert matched(ranked_higher) == {"S2-P1"}


def test_without_students_and_projects_the_match_is_empty() -> None:
    assert fullest_match({}, {}, {}) == set()


@given(small_markets())
def test_no_match_is_fuller_or_as_full_and_better_liked(market: SmallMarket) -> None:
    match = matched(market)

    assert match in market.matches()
    assert merit(market, match) == min(merit(market, other) for other in market.matches())


UNPLACED, ELSEWHERE = "unplaced", "elsewhere"
NO_PLACE = (1, 0, 0)
"""The cost of leaving a student without a place; a student with a place costs `(0, choice, rank)`."""

Cost = tuple[int, int, int]


def could_be_better(market: SmallMarket, match: frozenset[str]) -> bool:
    """Whether students could change places with each other, or take free ones, so that the match is better as a whole.

    A match has the least cost if its residual network has no cycle of negative cost (Klein 1967); the search for such a
    cycle is Bellman and Ford's. An edge is a student who moves from one place to another. A student who moves into a
    free place, or gives up every place, closes the cycle by `ELSEWHERE`.
    """
    edges: list[tuple[str, str, Cost]] = []
    for wishes in market.choices.values():
        costs = {
            wish: (0, choice, market.rankings[market.project_of[wish]].index(wish))
            for choice, wish in enumerate(wishes)
            if wish in market.project_of
        }
        held = next((wish for wish in costs if wish in match), None)
        place, paid = (market.project_of[held], costs[held]) if held else (UNPLACED, NO_PLACE)
        edges += [(place, market.project_of[wish], _minus(cost, paid)) for wish, cost in costs.items()]
        edges += [(place, UNPLACED, _minus(NO_PLACE, paid))]
    places = [*market.rankings, UNPLACED]
    free = [each for each in market.rankings if market.given(match, each) < market.places[each]]
    edges += [(each, ELSEWHERE, (0, 0, 0)) for each in [*free, UNPLACED]]
    edges += [(ELSEWHERE, each, (0, 0, 0)) for each in places]
    return _has_negative_cycle([*places, ELSEWHERE], edges)


def _minus(cost: Cost, other: Cost) -> Cost:
    return (cost[0] - other[0], cost[1] - other[1], cost[2] - other[2])


def _has_negative_cycle(vertices: list[str], edges: list[tuple[str, str, Cost]]) -> bool:
    distance = dict.fromkeys(vertices, (0, 0, 0))
    for _ in vertices:
        shorter = False
        for tail, head, cost in edges:
            through = _minus(distance[tail], _minus((0, 0, 0), cost))
            if through < distance[head]:
                distance[head], shorter = through, True
        if not shorter:
            return False
    return True


def a_market(seed: int) -> SmallMarket:
    """Forty students with four choices among ten projects, some far more popular than others."""
    random = Random(seed)
    projects = [f"P{number}" for number in range(10)]
    choices: dict[str, list[str]] = {}
    rankings: dict[str, list[str]] = {project: [] for project in projects}
    for student in (f"S{number}" for number in range(40)):
        chosen = dict.fromkeys(random.choices(projects, weights=range(1, 11), k=4))
        choices[student] = [f"{student}-{project}" for project in chosen]
        for project in chosen:
            rankings[project].append(f"{student}-{project}")
    for ranking in rankings.values():
        random.shuffle(ranking)
    return SmallMarket(choices, rankings, {project: random.randint(0, 6) for project in projects})


@pytest.mark.parametrize("seed", range(30))
def test_in_a_crowded_market_nobody_can_change_places_for_the_better(seed: int) -> None:
    market = a_market(seed)
    match = matched(market)

    assert not could_be_better(market, match)
    assert could_be_better(market, match - {min(match)})


@given(small_markets())
def test_the_check_finds_a_match_improvable_exactly_if_there_is_a_better_one(market: SmallMarket) -> None:
    best = min((merit(market, other) for other in market.matches()), default=(0, 0, 0))

    for match in market.matches()[:10]:
        assert could_be_better(market, match) == (merit(market, match) > best)


def test_a_large_market_is_matched_within_the_time_that_a_page_may_take() -> None:
    """Five seconds of processor time. Without prices, which keep each search near where it began, it takes minutes."""
    random = Random(2027)
    projects = [f"P{number}" for number in range(400)]
    applied = {f"S{number}": random.sample(projects, 4) for number in range(2_000)}
    choices = {student: [f"{student}-{project}" for project in wishes] for student, wishes in applied.items()}
    rankings = {
        project: [f"{student}-{project}" for student in applied if project in applied[student]] for project in projects
    }
    places = {project: random.randint(0, 6) for project in projects}
    began = time.process_time()

    match = fullest_match(choices, rankings, places)

    assert time.process_time() - began < 5
    assert len(match) >= len(student_optimal_match(choices, rankings, places))
    assert stability.violations(choices, rankings, places, match, stable=False) == []
