"""The events that a change publishes."""

from dataclasses import replace
from typing import Any

import pytest

from services.matching.rules import life
from services.matching.rules.events import events_of
from services.matching.rules.life import Change, Offer, State, move
from shared.workflow import Transition
from tests.support.matching import DAYS, OFFERS_AT, REPLY_BY, application

OFFER = Offer(OFFERS_AT, REPLY_BY, first=True)


def published(transition: Transition[State], before: State, comments: str = "") -> list[tuple[str, dict[str, Any]]]:
    """The names of the events that a step publishes, and their fields other than the ids."""
    ids = {"application_id", "round_id", "student_id", "project_id", "host_id"}
    moving = replace(application("S1", "P1"), state=before, offer=OFFER)
    events = events_of(move(moving, transition, now=OFFERS_AT, comments=comments))
    return [(type(event).__name__, event.model_dump(exclude=ids)) for event in events]


def test_an_offer_is_published_with_its_deadline() -> None:
    for transition in (life.MATCH, life.OFFER_ON):
        assert published(transition, State.STANDING) == [("OfferMade", {"reply_by": REPLY_BY})]


def test_an_acceptance_is_published_as_such_and_as_a_placement_with_its_days() -> None:
    days = {"starts_on": DAYS.starts_on, "ends_on": DAYS.ends_on}

    assert published(life.ACCEPT, State.OFFERED) == [("OfferAccepted", {}), ("PlacementConfirmed", days)]
    assert published(life.COMPLETE, State.CONFIRMED) == [("PlacementCompleted", days)]
    assert published(life.CANCEL["staff"], State.CONFIRMED, "Ill.") == [
        ("PlacementCancelled", days | {"by": "staff", "reason": "Ill."})
    ]


@pytest.mark.parametrize(
    ("transition", "by"),
    [(life.DECLINE, "student"), (life.EXPIRE, "default"), (life.RETRACT, "host"), (life.WITHDRAW, "student")],
)
def test_the_end_of_an_offer_is_published_with_who_ended_it(transition: Transition[State], by: str) -> None:
    assert published(transition, State.OFFERED, "Why.") == [("OfferDeclined", {"by": by, "reason": "Why."})]


@pytest.mark.parametrize(
    "transition", [life.NOT_SUITABLE, life.NO_PLACE, life.PLACED_ELSEWHERE, life.PROJECT_WITHDRAWN]
)
def test_an_unsuccessful_application_is_published_with_its_cause(transition: Transition[State]) -> None:
    assert published(transition, State.STANDING) == [("ApplicationUnsuccessful", {"cause": transition.name})]


def test_a_place_on_the_waiting_list_is_published() -> None:
    assert published(life.WAITLIST, State.STANDING) == [("ApplicationWaitlisted", {})]


def test_what_intake_has_published_is_not_published_again() -> None:
    received = Change(application("S1", "P1"), life.RECEIVE.step(None, at=OFFERS_AT))

    assert list(events_of(received)) == []
    assert published(life.WITHDRAW, State.STANDING) == []
