"""The check that a match is stable and within capacity."""

from hypothesis import given
from hypothesis import strategies as st

from services.matching.rules import stability
from tests.unit.matching.markets import SmallMarket, small_markets

MARKET = SmallMarket(
    choices={"S1": ["S1-P1", "S1-P2"], "S2": ["S2-P1", "S2-P2"], "S3": ["S3-P1"]},
    rankings={"P1": ["S1-P1", "S2-P1"], "P2": ["S1-P2", "S2-P2"]},
    places={"P1": 1, "P2": 1},
)


def violations(*match: str) -> list[str]:
    return stability.violations(MARKET.choices, MARKET.rankings, MARKET.places, match)


def test_a_stable_match_has_no_violations() -> None:
    assert violations("S1-P1", "S2-P2") == []


def test_an_application_that_both_sides_would_rather_have_is_found() -> None:
    assert violations("S1-P2", "S2-P1") == ["S1-P1 would leave its student and its project better off"]


def test_a_place_left_free_that_someone_would_take_is_found() -> None:
    assert violations("S1-P1") == ["S2-P2 would leave its student and its project better off"]


def test_a_project_that_gives_more_places_than_it_has_is_found() -> None:
    assert "project P1 has 1 places and gives 2" in violations("S1-P1", "S2-P1")


def test_a_student_with_two_places_is_found() -> None:
    assert "student S1 has more than one place" in violations("S1-P1", "S1-P2")


def test_a_place_for_an_applicant_whom_the_project_does_not_rank_is_found() -> None:
    assert "S3-P1 is matched, but was not made or is not ranked" in violations("S1-P1", "S2-P2", "S3-P1")


def test_a_place_for_an_application_that_was_never_made_is_found() -> None:
    assert "S9-P1 is matched, but was not made or is not ranked" in violations("S1-P1", "S2-P2", "S9-P1")


@given(small_markets(), st.data())
def test_the_check_agrees_with_the_definition_of_stability(market: SmallMarket, data: st.DataObject) -> None:
    match = data.draw(st.sampled_from(market.matches()))

    found = stability.violations(market.choices, market.rankings, market.places, match)

    assert (not found) == market.is_stable(match)
