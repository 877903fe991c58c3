"""The state of an application, in words for its student."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from services.matching.rules import life, rounds
from services.matching.rules.life import Application, Offer, State
from services.matching.rules.outlook import STEP_TEXTS, Outlook, outlook
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


def ahead(shown: Outlook) -> list[datetime]:
    return [milestone.at for milestone in shown.ahead]


@pytest.mark.parametrize(
    ("now", "label", "milestones"),
    [
        (ROUND.closes_at - MOMENT, "Received", [ROUND.closes_at, ROUND.rankings_due_at, OFFERS_AT]),
        (ROUND.closes_at, "With the host", [ROUND.rankings_due_at, OFFERS_AT]),
        (ROUND.rankings_due_at, "Waiting for offers", [OFFERS_AT]),
        (OFFERS_AT, "Waiting for offers", []),
    ],
)
def test_before_the_match_the_dates_that_are_still_to_come_are_shown(
    now: datetime, label: str, milestones: list[datetime]
) -> None:
    shown = of(State.STANDING, now=now, round_=ROUND)

    assert (shown.label, ahead(shown)) == (label, milestones)


def test_an_application_beside_an_offer_depends_on_the_reply_to_it() -> None:
    beside_an_offer = of(State.STANDING, application("S1", "P2", state=State.OFFERED), now=OFFERS_AT)
    alone = of(State.STANDING, application("S1", "P2", state=State.DECLINED), now=OFFERS_AT)

    assert "If you accept that offer" in beside_an_offer.meaning
    assert "If you accept that offer" not in alone.meaning
    assert ahead(alone) == [CUT_OFF]


def test_the_waiting_list_has_an_end() -> None:
    shown = of(State.WAITLISTED, now=CUT_OFF - MOMENT)

    assert (shown.label, ahead(shown)) == ("On the waiting list", [CUT_OFF])


def test_an_offer_is_open_until_just_before_its_deadline() -> None:
    assert ahead(of(State.OFFERED, now=REPLY_BY - MOMENT)) == [REPLY_BY]
    assert of(State.OFFERED, now=REPLY_BY).label == "Offer ended"


def test_a_placement_is_confirmed_until_it_begins_and_then_in_progress() -> None:
    begins = rounds.midnight(DAYS.starts_on)

    assert of(State.CONFIRMED, now=begins - MOMENT).label == "Confirmed"
    assert of(State.CONFIRMED, now=begins).label == "In progress"


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
def test_the_outlook_of_an_ended_application_says_why_it_ended(
    transition: Transition[State], before: State, meaning: str
) -> None:
    shown = of(transition.after, now=CUT_OFF, last=transition.step(before, at=OFFERS_AT))

    assert meaning in shown.meaning
    assert shown.ahead == ()


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_meaning_in_words(state: State) -> None:
    last = life.NO_PLACE.step(State.STANDING, at=CUT_OFF)

    assert of(state, now=CUT_OFF, last=last).meaning


def test_every_transition_has_a_text() -> None:
    assert {transition.name for transition in life.TRANSITIONS} == set(STEP_TEXTS)
