"""The match that fills the most places."""

from hypothesis import given

from services.matching.rules.most_places import fullest_match
from tests.support.markets import SmallMarket, small_markets


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


def test_of_two_for_one_place_who_chose_it_first_has_it_and_of_equals_whom_the_host_ranks_higher() -> None:
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


def test_nobody_and_nothing_makes_an_empty_match() -> None:
    assert fullest_match({}, {}, {}) == set()


@given(small_markets())
def test_no_match_is_fuller_or_as_full_and_better_liked(market: SmallMarket) -> None:
    match = matched(market)

    assert match in market.matches()
    assert merit(market, match) == min(merit(market, other) for other in market.matches())
