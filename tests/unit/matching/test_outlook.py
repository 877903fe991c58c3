"""Where an application is, in words for its student."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from services.matching.rules import life, rounds
from services.matching.rules.life import Application, Offer, State
from services.matching.rules.outlook import HAPPENED, Outlook, outlook
from shared.workflow import Step, Transition
from tests.support.examples import round_scheduled
from tests.support.matching import CUT_OFF, DAYS, OFFERS_AT, REPLY_BY, application

ROUND = rounds.scheduled(round_scheduled())
MATCHED = replace(ROUND, matched_at=OFFERS_AT)
RECEIVED = life.RECEIVE.step(None, at=ROUND.opens_at)
MOMENT = timedelta(microseconds=1)


def of(
    state: State, *others: Application, now: datetime, round_: rounds.Round = MATCHED, last: Step[State] = RECEIVED
) -> Outlook:
    offer = Offer(OFFERS_AT, REPLY_BY, first=True)
    return outlook(application("S1", "P1", state=state, offer=offer), round_, others, last, now=now)


def ahead(told: Outlook) -> list[datetime]:
    return [milestone.at for milestone in told.ahead]


@pytest.mark.parametrize(
    ("now", "label", "milestones"),
    [
        (ROUND.closes_at - MOMENT, "Received", [ROUND.closes_at, ROUND.rankings_due_at, OFFERS_AT]),
        (ROUND.closes_at, "With the host", [ROUND.rankings_due_at, OFFERS_AT]),
        (ROUND.rankings_due_at, "Waiting for offers", [OFFERS_AT]),
        (OFFERS_AT, "Waiting for offers", []),
    ],
)
def test_before_the_match_it_tells_of_the_dates_that_are_still_to_come(
    now: datetime, label: str, milestones: list[datetime]
) -> None:
    told = of(State.STANDING, now=now, round_=ROUND)

    assert (told.label, ahead(told)) == (label, milestones)


def test_one_that_stands_beside_an_offer_waits_for_the_reply_to_it() -> None:
    beside_an_offer = of(State.STANDING, application("S1", "P2", state=State.OFFERED), now=OFFERS_AT)
    alone = of(State.STANDING, application("S1", "P2", state=State.DECLINED), now=OFFERS_AT)

    assert "until you reply to it" in beside_an_offer.meaning
    assert "until you reply to it" not in alone.meaning
    assert ahead(alone) == [CUT_OFF]


def test_the_waiting_list_has_an_end() -> None:
    told = of(State.WAITLISTED, now=CUT_OFF - MOMENT)

    assert (told.label, ahead(told)) == ("On the waiting list", [CUT_OFF])


def test_an_offer_is_open_until_just_before_its_deadline() -> None:
    assert ahead(of(State.OFFERED, now=REPLY_BY - MOMENT)) == [REPLY_BY]
    assert of(State.OFFERED, now=REPLY_BY).label == "Offer ended"


def test_a_placement_is_ahead_and_then_under_way() -> None:
    begins = rounds.midnight(DAYS.starts_on)

    assert of(State.CONFIRMED, now=begins - MOMENT).label == "Confirmed"
    assert of(State.CONFIRMED, now=begins).label == "Under way"


@pytest.mark.parametrize(
    ("transition", "before", "meaning"),
    [
        (life.NOT_SUITABLE, State.STANDING, "has not chosen you"),
        (life.NO_PLACE, State.WAITLISTED, "no place became free"),
        (life.PLACED_ELSEWHERE, State.STANDING, "accepted another place"),
        (life.PROJECT_WITHDRAWN, State.STANDING, "withdrew the project"),
        (life.DECLINE, State.OFFERED, "You declined"),
        (life.EXPIRE, State.OFFERED, "no reply"),
        (life.RETRACT, State.OFFERED, "withdrew its project"),
        (life.WITHDRAW, State.STANDING, "You withdrew"),
        (life.CANCEL["student"], State.CONFIRMED, "You cancelled"),
        (life.CANCEL["host"], State.CONFIRMED, "The host cancelled"),
        (life.CANCEL["staff"], State.CONFIRMED, "careers service cancelled"),
    ],
)
def test_an_end_says_how_it_came(transition: Transition[State], before: State, meaning: str) -> None:
    told = of(transition.after, now=CUT_OFF, last=transition.step(before, at=OFFERS_AT))

    assert meaning in told.meaning
    assert told.ahead == ()


@pytest.mark.parametrize("state", State)
def test_every_state_has_its_words(state: State) -> None:
    last = life.NO_PLACE.step(State.STANDING, at=CUT_OFF)

    assert of(state, now=CUT_OFF, last=last).meaning


def test_every_step_has_its_words() -> None:
    assert {transition.name for transition in life.TRANSITIONS} == set(HAPPENED)
