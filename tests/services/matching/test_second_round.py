"""A second round: it gets the places that the first leaves, and no place or student is given twice by the two."""

import asyncio
from datetime import timedelta

import pytest

from services.matching.handlers import match_round
from services.matching.messages import OffersDue
from shared.contracts.matching import ApplicationUnsuccessful, MatchMade, OfferMade, PlacesLeft
from shared.runtime import NotYet
from tests.services.matching.driver import Matching
from tests.services.matching.pages import Page
from tests.support.examples import ROUND, project_withdrawn, round_scheduled
from tests.support.matching import (
    CUT_OFF,
    OFFERS_AT,
    SECOND_OFFERS_AT,
    SECOND_OPENS_AT,
    SECOND_ROUND,
    application_received,
    application_withdrawn,
    applications_closed,
    project_approved,
    second_application,
    second_round_scheduled,
)
from tests.support.visitors import browser, host, student

WISHES = {"S1": ["P1"], "S2": ["P1"], "S3": ["P2"]}
RANKINGS = {"P1": ["S1", "S2"], "P2": ["S3"]}


@pytest.fixture(autouse=True)
async def first_offers(matching: Matching) -> None:
    """S1 is offered P1 and S3 P2; S2 waits for P1. One place of P2 and all of P3 stay free."""
    await matching.match(WISHES, RANKINGS, P2=2)
    await matching.receive(project_approved("P3"), second_round_scheduled())
    assert await matching.offers() == ["S1-P1", "S3-P2"]


async def left(matching: Matching) -> list[dict[str, int]]:
    """The places left, by project, of each `PlacesLeft` that was published."""
    return [
        {each.project_id: each.places for each in event.projects}
        for event in await matching.service.published(PlacesLeft)
    ]


async def open_second_round(matching: Matching) -> None:
    """Both first offers are accepted; P2 and P3 have a place left."""
    await matching.reply("S1-P1", "accept")
    await matching.reply("S3-P2", "accept")
    await matching.step_to(SECOND_OPENS_AT)
    assert await left(matching) == [{"P2": 1, "P3": 1}]


async def match_second_round(matching: Matching, *applied: str) -> None:
    """Apply in the second round for these, such as `S2-P2`, rank them in that order, and let the match go out."""
    await matching.receive(*(second_application(*each.split("-")) for each in applied))
    for project in sorted({each.partition("-")[2] for each in applied}):
        ranked = [f"{each}.2" for each in applied if each.endswith(project)]
        assert (await matching.rank(project, ranked)).status_code == 200
    await matching.receive(applications_closed(len(applied), round_id=SECOND_ROUND))
    await matching.step_to(SECOND_OFFERS_AT)


async def causes(matching: Matching) -> dict[str, str]:
    return {each.application_id: each.cause for each in await matching.service.published(ApplicationUnsuccessful)}


async def test_when_the_second_round_opens_the_waiting_list_ends_and_the_places_left_are_published(
    matching: Matching,
) -> None:
    await matching.step_to(SECOND_OPENS_AT - timedelta(seconds=1))
    assert await left(matching) == []
    # Nobody replied, so S1's place was offered on to S2, who has three days from then on.
    assert await matching.offers() == ["S2-P1"]

    await matching.step_to(SECOND_OPENS_AT)

    assert await left(matching) == [{"P2": 2, "P3": 1}]
    assert await matching.violations() == []


async def test_applications_that_still_wait_when_the_second_round_opens_end(matching: Matching) -> None:
    await open_second_round(matching)
    assert await causes(matching) == {"S2-P1": "no_place"}


async def test_a_second_round_that_moves_takes_the_end_of_the_waiting_list_along(matching: Matching) -> None:
    later = SECOND_OPENS_AT + timedelta(hours=6)
    await matching.reply("S1-P1", "accept")
    await matching.receive(second_round_scheduled(round_version=2, opens_at=later))

    await matching.step_to(later - timedelta(seconds=1))
    assert (await left(matching), await causes(matching)) == ([], {})
    await matching.step_to(later)
    assert await left(matching) == [{"P2": 2, "P3": 1}]
    assert await causes(matching) == {"S2-P1": "no_place"}


async def test_the_places_left_are_published_only_after_the_first_rounds_match(matching: Matching) -> None:
    other = "hilary-2027"
    await matching.receive(
        second_round_scheduled(round_id=f"{other}.2", follows=other), project_approved("P9", round_id=other)
    )
    await matching.step_to(SECOND_OPENS_AT)
    assert len(await left(matching)) == 1

    await matching.receive(round_scheduled(round_id=other), applications_closed(0, round_id=other))

    assert {"P9": 1} in await left(matching)


async def test_a_place_that_becomes_free_before_the_second_match_is_published_as_left(matching: Matching) -> None:
    await open_second_round(matching)
    await matching.cancel("S1-P1", "student")
    assert (await left(matching))[1:] == [{"P1": 1}]
    assert await matching.offers() == []

    await match_second_round(matching, "S2-P1")
    assert await matching.offers(round_id=SECOND_ROUND) == ["S2-P1.2"]


async def test_the_places_of_a_project_that_is_approved_late_are_published_as_left(matching: Matching) -> None:
    await open_second_round(matching)
    await matching.receive(project_approved("P4", places=2))
    assert (await left(matching))[1:] == [{"P4": 2}]


async def test_the_second_match_gives_away_what_is_free_by_then(matching: Matching) -> None:
    await open_second_round(matching)
    await match_second_round(matching, "S2-P2", "S4-P2", "S5-P3")

    made = (await matching.service.published(MatchMade))[-1]
    assert (made.round_id, made.applications, made.places, made.offers) == (SECOND_ROUND, 3, 2, 2)
    assert await matching.offers(round_id=SECOND_ROUND) == ["S2-P2.2", "S5-P3.2"]
    assert {each.reply_by for each in await matching.service.published(OfferMade) if each.round_id == SECOND_ROUND} == {
        SECOND_OFFERS_AT + timedelta(days=2)
    }
    assert await matching.violations(SECOND_ROUND) == []


async def test_a_place_of_either_round_that_becomes_free_is_offered_on_in_the_second(matching: Matching) -> None:
    await open_second_round(matching)
    await match_second_round(matching, "S2-P2", "S4-P2", "S5-P2")

    await matching.cancel("S3-P2", "host")
    assert await matching.offers(round_id=SECOND_ROUND) == ["S2-P2.2", "S4-P2.2"]
    await matching.reply("S2-P2.2", "decline")
    assert await matching.offers(round_id=SECOND_ROUND) == ["S4-P2.2", "S5-P2.2"]
    await matching.step_to(CUT_OFF)
    assert await matching.violations(SECOND_ROUND) == []


async def test_accepting_a_place_of_the_first_round_ends_applications_of_the_second(matching: Matching) -> None:
    await matching.step_to(SECOND_OPENS_AT - timedelta(days=1))
    assert await matching.offers() == ["S2-P1"]  # since S1 did not reply
    await matching.step_to(SECOND_OPENS_AT)
    await matching.receive(second_application("S2", "P2"))
    await matching.reply("S2-P1", "accept")
    assert (await causes(matching))["S2-P2.2"] == "placed_elsewhere"

    await matching.receive(second_application("S2", "P3"))
    assert (await causes(matching))["S2-P3.2"] == "placed_elsewhere"


async def test_the_second_match_waits_for_the_last_offer_of_the_first_round(matching: Matching) -> None:
    await matching.step_to(SECOND_OPENS_AT - timedelta(days=1))
    assert await matching.offers() == ["S2-P1"]
    await matching.step_to(SECOND_OPENS_AT)
    await matching.receive(second_application("S2", "P3"), applications_closed(1, round_id=SECOND_ROUND))
    await matching.rank("P3", ["S2-P3.2"])

    async with matching.service.replicas[0].units_of_work.open() as work:
        with pytest.raises(NotYet, match="offers of the first round"):
            await match_round(OffersDue(round_id=SECOND_ROUND, offers_at=SECOND_OFFERS_AT), work)
    await matching.step_to(SECOND_OFFERS_AT)  # by then it has expired

    assert await matching.offers(round_id=SECOND_ROUND) == ["S2-P3.2"]


async def test_the_second_match_waits_for_the_places_that_the_first_round_leaves(matching: Matching) -> None:
    await matching.receive(applications_closed(0, round_id=SECOND_ROUND))
    async with matching.service.replicas[0].units_of_work.open() as work:
        with pytest.raises(NotYet, match="places that the first round leaves"):
            await match_round(OffersDue(round_id=SECOND_ROUND, offers_at=SECOND_OFFERS_AT), work)


async def test_a_project_is_ranked_anew_in_the_second_round_and_its_first_ranking_stays(matching: Matching) -> None:
    await open_second_round(matching)
    assert (await matching.get("/rankings/P2"))["application_ids"] == []
    await matching.receive(second_application("S2", "P2"))

    assert (await matching.rank("P2", ["S3-P2"])).status_code == 422
    assert (await matching.rank("P2", ["S2-P2.2"])).json()["round_id"] == SECOND_ROUND

    assert [each["application_id"] for each in (await matching.get("/rankings/P2"))["applicants"]] == ["S2-P2.2"]
    assert await matching.violations(ROUND) == []


async def test_a_withdrawn_project_ends_its_applications_of_both_rounds(matching: Matching) -> None:
    await open_second_round(matching)
    await match_second_round(matching, "S2-P2", "S4-P2")
    await matching.receive(project_withdrawn(project_id="P2", host_id="H-P2"))

    assert await matching.offers(round_id=SECOND_ROUND) == []
    assert (await matching.placements())["S3-P2"] == "cancelled"
    assert (await causes(matching))["S4-P2.2"] == "project_withdrawn"


async def test_replies_in_both_rounds_at_once_never_give_a_place_twice(matching: Matching) -> None:
    """P2 has two places. S3 has one by the first round, S2 the other by the second; S4 and S5 wait for either."""
    await open_second_round(matching)
    await match_second_round(matching, "S2-P2", "S4-P2", "S5-P2")

    await asyncio.gather(
        matching.cancel("S3-P2", "host"),
        matching.reply("S2-P2.2", "decline"),
        matching.receive(application_withdrawn("S4", "P2", application_id="S4-P2.2", round_id=SECOND_ROUND)),
    )
    assert await matching.offers(round_id=SECOND_ROUND) == ["S5-P2.2"]
    assert await matching.violations(SECOND_ROUND) == []


async def test_without_a_second_round_no_places_left_are_published(matching: Matching) -> None:
    await matching.receive(
        round_scheduled(round_id="alone", offers_at=OFFERS_AT + timedelta(hours=1)),
        project_approved("P7", round_id="alone"),
        application_received("S7", "P7", round_id="alone"),
        applications_closed(1, round_id="alone"),
    )
    await matching.rank("P7", ["S7-P7"])
    await matching.step_to(OFFERS_AT + timedelta(hours=1))
    await matching.reply("S7-P7", "decline")
    assert await matching.service.published(PlacesLeft) == []


async def test_a_host_sees_each_project_in_the_round_in_which_it_takes_part_now(matching: Matching) -> None:
    await open_second_round(matching)

    async with (
        browser(matching.service.replicas, host("H-P1")) as full,
        browser(matching.service.replicas, host("H-P2")) as with_a_place_left,
    ):
        assert "S1 Coming" in Page(await full.get("/host/applicants/P1")).text
        assert "Students apply until" in Page(await with_a_place_left.get("/host/applicants/P2")).text


async def test_a_host_ranks_the_applicants_of_the_second_round_alone(matching: Matching) -> None:
    await open_second_round(matching)
    await matching.receive(second_application("S2", "P2"), applications_closed(1, round_id=SECOND_ROUND))
    await matching.step_to(second_round_scheduled().closes_at)

    async with browser(matching.service.replicas, host("H-P2")) as hosts:
        path = "/host/applicants/P2"
        assert "S3" not in Page(await hosts.get(path)).text
        await hosts.post(f"{path}/order", data={"application_id": "S2-P2.2", "move": "last"})
        order = Page(await hosts.get(path)).value_of("order")
        assert (await hosts.post(f"{path}/ranking", data={"order": order})).status_code == 303

    assert (await matching.get("/rankings/P2"))["application_ids"] == ["S2-P2.2"]
    await matching.step_to(SECOND_OFFERS_AT)
    assert [offer["application_id"] for offer in await matching.get("/offers", state="open")] == ["S2-P2.2"]


async def test_the_page_for_accepting_names_the_application_of_the_other_round_that_ends(matching: Matching) -> None:
    await matching.receive(second_application("S1", "P3"))

    async with browser(matching.service.replicas, student("S1")) as students:
        page = Page(await students.get("/student/offers/S1-P1/accept"))

    assert "It ends your other application: A small tool" in page.text
