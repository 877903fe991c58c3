"""Places that staff give by hand."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.matching.rules import replacements, rounds
from services.matching.rules.life import Change, State
from services.matching.rules.rankings import Project
from services.matching.rules.rounds import Round
from shared.contracts.rounds import second_round
from shared.refusals import NotAllowed
from tests.support.examples import ROUND, round_scheduled
from tests.support.matching import DAYS, OFFERS_AT, application

NOW = OFFERS_AT + timedelta(days=5)
BEGINS = rounds.midnight(DAYS.starts_on)
PROJECT = Project("P1", ROUND, "H1", "A small tool", places=1, withdrawn=False)
FIRST = replace(rounds.scheduled(round_scheduled()), matched_at=OFFERS_AT)
GOING_ON = replace(
    rounds.scheduled(round_scheduled(round_id=second_round(ROUND), offers_at=NOW + timedelta(days=2))),
    settled_at=NOW - timedelta(days=1),
)
"""The second round, after it has opened and before its match."""

CHOSEN = application("S2", "P1", rank=2, state=State.WAITLISTED)


def offer(
    *,
    project: Project = PROJECT,
    of: tuple[Round, ...] = (FIRST,),
    held: int = 0,
    replaces: bool = False,
    now: datetime = NOW,
) -> Change:
    return replacements.offer_by_hand(CHOSEN, project, of, held=held, replaces=replaces, reason="Agreed.", now=now)


def test_candidates_are_suitable_applicants_without_a_place_the_best_ranked_first() -> None:
    applications = [
        application("S1", "P1", rank=3),
        application("S2", "P1", rank=2, state=State.WAITLISTED),
        application("S3", "P1", rank=1, state=State.UNSUCCESSFUL),
        application("S4", "P1", rank=4),
        application("S5", "P1", rank=None),
        application("S6", "P1", rank=5, state=State.DECLINED),
        application("S7", "P1", rank=6, round_id="not-matched"),
    ]

    found = replacements.candidates(applications, matched={ROUND}, holders={"S4"})

    assert [each.student_id for each in found] == ["S3", "S2", "S1"]


def test_an_offer_by_hand_is_made_by_staff_with_a_reason_and_the_usual_time_to_reply() -> None:
    change = offer()

    assert (change.step.transition, change.step.by, change.step.comments) == ("offer_by_hand", "staff", "Agreed.")
    assert change.application.offer is not None
    assert not change.application.offer.first
    assert change.application.offer.reply_by == FIRST.reply_by(NOW)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"held": 1}, "All places"),
        ({"project": replace(PROJECT, withdrawn=True)}, "withdrew this project"),
        ({"now": BEGINS}, "has begun"),
        ({"of": (FIRST, GOING_ON)}, "second round is open"),
        ({"of": (FIRST, GOING_ON), "replaces": True, "now": GOING_ON.offers_at}, "second round is due"),
    ],
)
def test_an_offer_by_hand_is_refused(facts: dict[str, Any], reason: str) -> None:
    with pytest.raises(NotAllowed, match=reason):
        offer(**facts)


def test_a_replacement_during_a_second_round_has_to_reply_before_its_match() -> None:
    change = offer(of=(FIRST, GOING_ON), replaces=True)

    assert change.application.offer is not None
    assert change.application.offer.reply_by == GOING_ON.offers_at


def test_after_the_second_rounds_match_a_free_place_is_offered_again() -> None:
    matched = replace(GOING_ON, matched_at=GOING_ON.offers_at)

    assert offer(of=(FIRST, matched)).application.state is State.OFFERED


def test_shortly_before_the_placement_there_is_less_time_to_reply() -> None:
    change = offer(now=BEGINS - timedelta(hours=5))

    assert change.application.offer is not None
    assert change.application.offer.reply_by == BEGINS


@pytest.mark.parametrize("state", [state for state in State if state is not State.CONFIRMED])
def test_only_a_confirmed_placement_makes_way_for_another(state: State) -> None:
    with pytest.raises(NotAllowed):
        replacements.cancel_for(application("S1", "P1", state=state), "Because.", now=NOW)
