"""A round's dates, and what the match waits for."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.matching.rules import rounds
from services.matching.rules.rounds import FactsForMatch
from shared.contracts.intake import PlacementWeek
from tests.support.examples import round_scheduled
from tests.support.matching import CUT_OFF, OFFERS_AT


def week(starts_on: date) -> PlacementWeek:
    return PlacementWeek(week=9, starts_on=starts_on, ends_on=starts_on + timedelta(days=4))


def test_the_waiting_list_ends_a_fortnight_before_the_first_placement_week_at_local_midnight() -> None:
    round_ = rounds.scheduled(round_scheduled(weeks=[week(date(2027, 6, 28)), week(date(2027, 6, 21))]))

    assert round_.waiting_list_ends_at == datetime(2027, 6, 6, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("starts_on", "ends_at"),
    [
        (date(2027, 3, 29), datetime(2027, 3, 15, tzinfo=UTC)),
        (date(2027, 4, 12), datetime(2027, 3, 28, 23, tzinfo=UTC)),
        (date(2027, 11, 8), datetime(2027, 10, 24, 23, tzinfo=UTC)),
        (date(2027, 11, 15), datetime(2027, 11, 1, tzinfo=UTC)),
    ],
)
def test_midnight_is_local_whatever_the_clocks_do_in_between(starts_on: date, ends_at: datetime) -> None:
    assert rounds.scheduled(round_scheduled(weeks=[week(starts_on)])).waiting_list_ends_at == ends_at


def test_places_are_offered_on_from_the_match_to_just_before_the_cut_off() -> None:
    unmatched = rounds.scheduled(round_scheduled())
    matched = replace(rounds.scheduled(round_scheduled()), matched_at=OFFERS_AT)

    assert not unmatched.offers_on(OFFERS_AT)
    assert matched.offers_on(OFFERS_AT)
    assert matched.offers_on(CUT_OFF - timedelta(microseconds=1))
    assert not matched.offers_on(CUT_OFF)


def test_an_offer_may_be_answered_for_as_many_days_as_the_round_says() -> None:
    assert rounds.scheduled(round_scheduled(reply_within_days=3)).reply_by(OFFERS_AT) == OFFERS_AT + timedelta(days=3)


@pytest.mark.parametrize(
    ("facts", "lacking"),
    [
        (FactsForMatch(None, 2, 0), "applications have not been closed"),
        (FactsForMatch(3, 2, 0), "2 of 3 applications are known"),
        (FactsForMatch(2, 2, 1), "applications for projects that are not known: 1"),
        (FactsForMatch(2, 2, 0), None),
        (FactsForMatch(0, 0, 0), None),
    ],
)
def test_the_match_waits_until_all_facts_have_arrived(facts: FactsForMatch, lacking: str | None) -> None:
    assert facts.missing == lacking
