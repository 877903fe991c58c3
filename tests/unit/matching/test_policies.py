"""The match under each policy, and what it promises."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.rules import policies
from services.matching.rules.first_come import first_come_match
from services.matching.rules.policies import Market, Policy, market_of, match_under
from tests.support.matching import OFFERS_AT, application
from tests.unit.matching.markets import SmallMarket, small_markets


def first_come(market: SmallMarket, received: list[str]) -> frozenset[str]:
    return frozenset(first_come_match(market.choices, market.rankings, market.places, received))


def market(small: SmallMarket, received: list[str]) -> Market:
    return Market(small.choices, small.rankings, small.places, received)


def applications_of(small: SmallMarket) -> list[str]:
    return [wish for wishes in small.choices.values() for wish in wishes]


def by_definition(small: SmallMarket, received: list[str]) -> frozenset[str]:
    """The match by definition: it has the earliest application that any match can have, then the next, and so on."""
    matches = small.matches()
    for application_id in received:
        matches = [match for match in matches if application_id in match] or matches
    return max(matches, key=len)


def test_the_first_to_apply_has_the_place_however_the_host_ranks() -> None:
    small = SmallMarket({"S1": ["S1-P1"], "S2": ["S2-P1"]}, {"P1": ["S1-P1", "S2-P1"]}, {"P1": 1})

    assert first_come(small, ["S2-P1", "S1-P1"]) == {"S2-P1"}


def test_an_unsuitable_applicant_gets_nothing_even_if_they_were_the_first_to_apply() -> None:
    small = SmallMarket({"S1": ["S1-P1"], "S2": ["S2-P1"]}, {"P1": ["S1-P1"]}, {"P1": 1})

    assert first_come(small, ["S2-P1", "S1-P1"]) == {"S1-P1"}


@given(small_markets(), st.data())
def test_first_come_gives_each_place_to_the_earliest_who_can_have_it(small: SmallMarket, data: st.DataObject) -> None:
    received = data.draw(st.permutations(applications_of(small)))

    assert first_come(small, received) == by_definition(small, received)


@given(small_markets(), st.data(), st.sampled_from(Policy))
def test_a_match_under_each_policy_keeps_what_the_policy_promises(
    small: SmallMarket, data: st.DataObject, policy: Policy
) -> None:
    given_market = market(small, data.draw(st.permutations(applications_of(small))))

    matched = match_under(policy, given_market)

    assert frozenset(matched) in small.matches()
    assert policies.violations(policy, given_market, matched) == []


@given(small_markets(), st.data())
def test_no_policy_leaves_a_place_free_for_which_somebody_waits(small: SmallMarket, data: st.DataObject) -> None:
    """Places can be offered on in the same way under every policy because of this property."""
    given_market = market(small, data.draw(st.permutations(applications_of(small))))

    for policy in Policy:
        match = frozenset(match_under(policy, given_market))
        for student, wishes in small.choices.items():
            for wish in wishes:
                if wish in small.project_of and not match.intersection(small.choices[student]):
                    project = small.project_of[wish]
                    assert small.given(match, project) == small.places[project]


@pytest.mark.parametrize("policy", [Policy.MOST_PLACES, Policy.FIRST_COME])
def test_a_match_that_need_not_be_stable_may_be_blocked_but_wastes_nothing(policy: Policy) -> None:
    small = SmallMarket(
        {"S1": ["S1-P1", "S1-P2"], "S2": ["S2-P1"]}, {"P1": ["S1-P1", "S2-P1"], "P2": ["S1-P2"]}, {"P1": 1, "P2": 1}
    )
    given_market = market(small, ["S2-P1", "S1-P1", "S1-P2"])

    assert policies.violations(policy, given_market, {"S1-P2", "S2-P1"}) == []
    assert policies.violations(Policy.STABLE, given_market, {"S1-P2", "S2-P1"}) != []
    assert policies.violations(policy, given_market, {"S1-P2"}) == [
        "S2-P1 would leave its student and its project better off"
    ]


def test_a_market_orders_applications_by_receipt_and_then_by_preference() -> None:
    later = application("S1", "P1", 1)
    earlier = replace(application("S2", "P1", 1, rank=2), received_at=OFFERS_AT - timedelta(days=30))
    at_once = application("S1", "P2", 2)
    unranked = application("S3", "P1", 1, rank=None)

    assert market_of([at_once, later, earlier, unranked], {}).received == ["S2-P1", "S1-P1", "S1-P2"]
