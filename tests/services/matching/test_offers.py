"""Replies to offers, and places offered on."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from shared.contracts.intake import PlacementWeek
from shared.contracts.matching import (
    ApplicationUnsuccessful,
    ApplicationWaitlisted,
    OfferAccepted,
    OfferDeclined,
    OfferMade,
    PlacementConfirmed,
)
from tests.services.matching.driver import Matching
from tests.support.examples import project_withdrawn, round_scheduled
from tests.support.matching import CUT_OFF, DAYS, REPLY_BY, application_withdrawn, project_approved

WISHES = {"S1": ["P1", "P2"], "S2": ["P1", "P2"], "S3": ["P1"]}
RANKINGS = {"P1": ["S1", "S2", "S3"], "P2": ["S2", "S1"]}


@pytest.fixture(autouse=True)
async def first_offers(matching: Matching) -> None:
    """S1 is offered P1 and S2 P2; S3 waits for P1."""
    await matching.match(WISHES, RANKINGS)
    assert await matching.offers() == ["S1-P1", "S2-P2"]


async def causes(matching: Matching) -> dict[str, str]:
    return {each.application_id: each.cause for each in await matching.service.published(ApplicationUnsuccessful)}


async def test_an_accepted_offer_is_a_placement_and_ends_the_students_other_applications(matching: Matching) -> None:
    answer = await matching.reply("S1-P1", "accept")

    offer: dict[str, Any] = answer.json()
    assert (offer["state"], offer["declined_by"], offer["first"]) == ("accepted", None, True)
    assert [each.application_id for each in await matching.service.published(OfferAccepted)] == ["S1-P1"]
    (confirmed,) = await matching.service.published(PlacementConfirmed)
    assert (confirmed.application_id, confirmed.student_id, confirmed.project_id) == ("S1-P1", "S1", "P1")
    assert (confirmed.starts_on, confirmed.ends_on) == (DAYS.starts_on, DAYS.ends_on)
    assert await causes(matching) == {"S1-P2": "placed_elsewhere"}
    assert await matching.placements() == {"S1-P1": "confirmed"}
    assert await matching.violations() == []


async def test_a_declined_place_is_offered_on_and_the_students_other_application_waits(matching: Matching) -> None:
    answer = await matching.reply("S1-P1", "decline")

    assert (answer.json()["state"], answer.json()["declined_by"]) == ("declined", "student")
    assert [(each.application_id, each.by) for each in await matching.service.published(OfferDeclined)] == [
        ("S1-P1", "student")
    ]
    # S2 is ranked higher at P1, but holds the offer of P2.
    assert await matching.offers() == ["S2-P2", "S3-P1"]
    assert [each.application_id for each in await matching.service.published(ApplicationWaitlisted)] == [
        "S3-P1",
        "S1-P2",
    ]
    assert not (await matching.get("/offers/S3-P1"))["first"]
    assert await matching.violations() == []


async def test_a_student_who_becomes_free_is_offered_what_is_free_elsewhere(matching: Matching) -> None:
    await matching.receive(application_withdrawn("S3", "P1"))
    await matching.reply("S1-P1", "decline")
    assert await matching.offers() == ["S2-P2"]

    await matching.reply("S2-P2", "decline")

    # P2 goes to S1, who waits for it. S2 is offered P1, for which nobody was left until now.
    assert sorted(await matching.offers()) == ["S1-P2", "S2-P1"]
    assert await matching.violations() == []


async def test_the_same_reply_again_is_answered_the_same_and_published_once(matching: Matching) -> None:
    for application_id, reply in (("S1-P1", "accept"), ("S2-P2", "decline")):
        answers = await asyncio.gather(*(matching.reply(application_id, reply) for _ in range(4)))
        assert {answer.status_code for answer in answers} == {200}
        assert all(answer.json() == answers[0].json() for answer in answers)

    assert len(await matching.service.published(OfferAccepted)) == 1
    assert len(await matching.service.published(OfferDeclined)) == 1


async def test_a_different_reply_is_refused(matching: Matching) -> None:
    await matching.reply("S1-P1", "accept")
    answer = await matching.reply("S1-P1", "decline")

    assert answer.status_code == 409
    assert "was accepted" in answer.json()["detail"]
    assert await matching.offers("accepted") == ["S1-P1"]


async def test_of_two_different_replies_at_once_one_stands(matching: Matching) -> None:
    answers = await asyncio.gather(matching.reply("S1-P1", "accept"), matching.reply("S1-P1", "decline"))

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert await matching.violations() == []


async def test_an_offer_that_nobody_answers_is_declined_by_default_and_offered_on(matching: Matching) -> None:
    await matching.reply("S2-P2", "accept")
    await matching.step_to(REPLY_BY)

    (declined,) = await matching.service.published(OfferDeclined)
    assert (declined.application_id, declined.by) == ("S1-P1", "default")
    assert (await matching.get("/offers/S1-P1"))["declined_by"] == "default"
    assert await matching.offers() == ["S3-P1"]
    assert (await matching.reply("S1-P1", "accept")).status_code == 409
    assert (await matching.reply("S1-P1", "decline")).status_code == 409


async def test_a_place_offered_on_has_its_own_deadline(matching: Matching) -> None:
    later = REPLY_BY - timedelta(hours=1)
    await matching.step_to(later)
    await matching.reply("S1-P1", "decline")
    await matching.step_to(REPLY_BY)
    assert "S3-P1" in await matching.offers()

    await matching.step_to(later + timedelta(days=3))

    assert "S3-P1" not in await matching.offers()


async def shortly_before_the_cut_off(matching: Matching) -> None:
    """S2 has P2. S1 has declined P1 and waits for P2. S3 can reply to the offer of P1 until after the cut-off."""
    await matching.receive(round_scheduled(round_version=2, reply_within_days=20))
    await matching.reply("S2-P2", "accept")
    await matching.reply("S1-P1", "decline")
    await matching.step_to(CUT_OFF - timedelta(microseconds=1))
    assert await matching.offers() == ["S3-P1"]
    assert await causes(matching) == {"S2-P1": "placed_elsewhere"}


async def test_at_the_cut_off_what_stands_ends_and_an_open_offer_may_still_be_accepted(matching: Matching) -> None:
    await shortly_before_the_cut_off(matching)

    await matching.step_to(CUT_OFF)

    assert await causes(matching) == {"S2-P1": "placed_elsewhere", "S1-P2": "no_place"}
    assert (await matching.reply("S3-P1", "accept")).status_code == 200
    assert await matching.placements() == {"S2-P2": "confirmed", "S3-P1": "confirmed"}
    assert await matching.violations() == []


async def test_after_the_cut_off_nothing_is_offered_on(matching: Matching) -> None:
    await shortly_before_the_cut_off(matching)
    await matching.step_to(CUT_OFF)
    made = len(await matching.service.published(OfferMade))

    await matching.cancel("S2-P2", "host")
    await matching.reply("S3-P1", "decline")

    assert len(await matching.service.published(OfferMade)) == made
    assert await matching.violations() == []


async def test_a_cut_off_that_was_moved_counts_from_its_new_date(matching: Matching) -> None:
    week = PlacementWeek(week=10, starts_on=date(2027, 6, 28), ends_on=date(2027, 7, 2))
    await matching.receive(round_scheduled(round_version=2, weeks=[week], reply_within_days=20))
    await matching.reply("S2-P2", "accept")
    await matching.step_to(CUT_OFF)

    await matching.cancel("S2-P2", "host")
    assert sorted(await matching.offers()) == ["S1-P2", "S3-P1"]
    await matching.step_to(CUT_OFF + timedelta(days=7))
    await matching.reply("S1-P2", "decline")

    assert await matching.offers() == ["S3-P1"]
    assert await matching.violations() == []


async def test_a_withdrawn_application_gives_its_offer_back(matching: Matching) -> None:
    await matching.receive(application_withdrawn("S1", "P1", reason="I am ill."))

    (declined,) = await matching.service.published(OfferDeclined)
    assert (declined.application_id, declined.by, declined.reason) == ("S1-P1", "student", "I am ill.")
    assert await matching.offers() == ["S2-P2", "S3-P1"]
    assert (await matching.reply("S1-P1", "accept")).status_code == 409


async def test_a_withdrawn_project_takes_its_offers_with_it_and_frees_its_students(matching: Matching) -> None:
    await matching.receive(project_withdrawn(project_id="P2", reason="No budget."))

    (declined,) = await matching.service.published(OfferDeclined)
    assert (declined.application_id, declined.by, declined.reason) == ("S2-P2", "host", "No budget.")
    assert await causes(matching) == {"S1-P2": "project_withdrawn"}
    assert await matching.offers() == ["S1-P1"]
    await matching.reply("S1-P1", "decline")
    assert await matching.offers() == ["S2-P1"]
    assert await matching.violations() == []


async def test_places_that_a_later_revision_adds_are_offered_on(matching: Matching) -> None:
    await matching.receive(project_approved("P1", revision=2, places=2))

    assert await matching.offers() == ["S1-P1", "S2-P2", "S3-P1"]


async def test_offers_are_listed_by_round_and_state(matching: Matching) -> None:
    await matching.reply("S1-P1", "accept")

    assert await matching.offers("accepted") == ["S1-P1"]
    assert len(await matching.get("/offers")) == 2
    assert await matching.get("/offers", round_id="hilary-2027") == []
    assert (await matching.service.http.get("/offers", params={"state": "lost"})).status_code == 422


async def test_a_reply_without_an_offer_is_not_found(matching: Matching) -> None:
    assert (await matching.reply("S3-P1", "accept")).status_code == 404
    assert (await matching.reply("S9-P9", "accept")).status_code == 404
    assert (await matching.service.http.get("/offers/S3-P1")).status_code == 404
    assert (await matching.reply("S1-P1", "perhaps")).status_code == 422
