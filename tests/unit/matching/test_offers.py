"""Who is offered a place."""

from datetime import timedelta

import pytest

from services.matching.rules import offers, stability
from services.matching.rules.life import Application, Change, State
from tests.support.matching import OFFERS_AT, REPLY_BY, application


def make_match(applications: list[Application], places: dict[str, int]) -> list[Change]:
    return offers.make_match(applications, places, now=OFFERS_AT, reply_by=REPLY_BY)


def offer_on(applications: list[Application], free_places: dict[str, int]) -> list[Change]:
    return offers.offer_on(applications, free_places, now=OFFERS_AT, reply_by=REPLY_BY)


def states(changes: list[Change]) -> dict[str, str]:
    return {change.application.application_id: change.application.state for change in changes}


def test_the_match_offers_waitlists_and_refuses() -> None:
    applications = [
        application("S1", "P1", rank=1),
        application("S2", "P1", rank=2),
        application("S3", "P1", rank=None),
    ]

    assert states(make_match(applications, {"P1": 1})) == {
        "S1-P1": State.OFFERED,
        "S2-P1": State.WAITLISTED,
        "S3-P1": State.UNSUCCESSFUL,
    }


def test_an_application_whose_host_sent_no_ranking_is_not_suitable() -> None:
    (change,) = make_match([application("S1", "P1", rank=None)], {"P1": 2})

    assert (change.step.transition, change.step.by) == ("not_suitable", "host")


def test_the_other_applications_of_a_student_who_is_offered_a_place_stay_as_they_are() -> None:
    applications = [application("S1", "P1", 1), application("S1", "P2", 2)]

    assert states(make_match(applications, {"P1": 1, "P2": 1})) == {"S1-P1": State.OFFERED}


def test_an_offer_of_the_match_has_its_deadline_and_is_marked_as_a_first_one() -> None:
    (change,) = make_match([application("S1", "P1")], {"P1": 1})

    offer = change.application.offer
    assert offer is not None
    assert (offer.made_at, offer.reply_by, offer.first) == (OFFERS_AT, REPLY_BY, True)
    assert (change.step.transition, change.step.by) == ("match", "programme")


def test_of_two_applications_with_the_same_preference_the_earlier_received_counts_first() -> None:
    later = application("S1", "P1", 1, received_at=OFFERS_AT - timedelta(days=2))
    earlier = application("S1", "P2", 1, received_at=OFFERS_AT - timedelta(days=3))

    changes = make_match([later, earlier], {"P1": 1, "P2": 1})

    assert states(changes) == {"S1-P2": State.OFFERED}


def test_a_match_that_is_not_stable_offers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stability, "violations", lambda *_, **__: ["S1-P1 would leave both better off"])

    with pytest.raises(offers.WrongMatch, match="S1-P1 would leave both better off"):
        make_match([application("S1", "P1")], {"P1": 1})


def test_a_free_place_is_offered_on_to_the_best_ranked() -> None:
    applications = [
        application("S1", "P1", rank=3, state=State.WAITLISTED),
        application("S2", "P1", rank=2, state=State.WAITLISTED),
    ]

    (change,) = offer_on(applications, {"P1": 1})

    assert change.application.application_id == "S2-P1"
    assert change.application.offer is not None
    assert not change.application.offer.first


def test_a_student_who_becomes_free_is_offered_the_preferred_of_the_places_that_are_free() -> None:
    applications = [application("S1", "P1", 1), application("S1", "P2", 2), application("S1", "P3", 3)]

    assert states(offer_on(applications, {"P1": 0, "P2": 1, "P3": 1})) == {"S1-P2": State.OFFERED}


def test_a_student_who_becomes_free_waits_if_no_place_is_free() -> None:
    applications = [application("S1", "P1", 1), application("S1", "P2", 2, state=State.WAITLISTED)]

    assert states(offer_on(applications, {"P1": 0, "P2": 0})) == {"S1-P1": State.WAITLISTED}


def test_of_two_students_who_become_free_together_the_better_ranked_is_offered_the_place() -> None:
    applications = [application("S1", "P1", rank=2), application("S2", "P1", rank=1)]

    assert states(offer_on(applications, {"P1": 1})) == {"S2-P1": State.OFFERED, "S1-P1": State.WAITLISTED}


def test_no_place_of_a_withdrawn_project_is_offered_on() -> None:
    assert states(offer_on([application("S1", "P1")], {})) == {"S1-P1": State.WAITLISTED}
