"""Placements on staff pages: found, read, cancelled, and given to somebody else."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from shared.contracts.matching import ApplicationUnsuccessful, OfferMade, PlacementCancelled
from shared.web.callers import Role
from tests.services.matching.driver import Matching
from tests.support.examples import ROUND, host_registered, project_withdrawn, student_registered
from tests.support.matching import CUT_OFF, DAYS, REPLY_BY
from tests.support.visitors import browser, staff

WISHES = {"S1": ["P1"], "S2": ["P1"], "S3": ["P1", "P2"], "S4": ["P1"]}
RANKINGS = {"P1": ["S1", "S2", "S3"], "P2": ["S3"]}
"""S1 gets P1 and S3 P2, S2 waits for P1, and S4 was not found suitable."""


@pytest.fixture(autouse=True)
async def a_placement(matching: Matching) -> None:
    await matching.match(WISHES, RANKINGS)
    await matching.receive(
        student_registered(student_id="S1", name="Elif Sato"),
        host_registered(host_id="H-P1", organisation="Brown & Brown Museum"),
    )
    await matching.reply("S1-P1", "accept")


@pytest.fixture
async def pages(matching: Matching) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(matching.service.replicas, staff(who="ada")) as client:
        yield client


async def text_of(pages: httpx.AsyncClient, path: str, **asked: str) -> str:
    answer = await pages.get(f"/staff/placements{path}", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.text


async def post(pages: httpx.AsyncClient, path: str, **form: str) -> httpx.Response:
    return await pages.post(f"/staff/placements{path}", data=form)


async def history(matching: Matching, application_id: str) -> list[tuple[Any, ...]]:
    rows = await matching.service.connection.fetch(
        "select transition, by, comments from application_steps where application_id = $1 order by id", application_id
    )
    return [tuple(row.values()) for row in rows]


@pytest.mark.parametrize(
    "asked",
    [
        {"q": "elif"},
        {"q": "S1"},
        {"q": "brown museum"},
        {"q": "P1"},
        {"q": "river health"},
        {"show": "confirmed", "round_id": ROUND},
        {"week": "2027-06-21"},
    ],
)
async def test_a_placement_is_found_by(pages: httpx.AsyncClient, asked: dict[str, str]) -> None:
    shown = await text_of(pages, "", **asked)

    assert "1 entry" in shown
    assert "Elif Sato" in shown


@pytest.mark.parametrize(
    "asked",
    [{"q": "elif nobody"}, {"q": "100%"}, {"q": "_"}, {"show": "cancelled"}, {"round_id": "hilary-2027"}],
)
async def test_a_placement_is_not_found_by(pages: httpx.AsyncClient, asked: dict[str, str]) -> None:
    assert "Nothing found" in await text_of(pages, "", **asked)


async def test_open_offers_are_found_too(pages: httpx.AsyncClient) -> None:
    shown = await text_of(pages, "", show="offers")

    assert "S3" in shown
    assert "Reply due" in shown


async def test_a_placement_shows_its_history(pages: httpx.AsyncClient) -> None:
    shown = await text_of(pages, "/S1-P1")

    assert "Offer accepted by the student" in shown
    assert "Brown &amp; Brown Museum" in shown
    assert "The host has recorded nothing yet" in shown
    assert (await pages.get("/staff/placements/S2-P1")).status_code == 404
    assert (await pages.get("/staff/placements/nobody")).status_code == 404


async def test_a_cancellation_shows_who_is_next_and_then_offers_the_place_on(
    matching: Matching, pages: httpx.AsyncClient
) -> None:
    assert "S2, rank 2" in await text_of(pages, "/S1-P1/cancel")

    answer = await post(pages, "/S1-P1/cancel", by="host", reason="The supervisor is ill.")

    assert answer.status_code == 303, answer.text
    (cancelled,) = await matching.service.published(PlacementCancelled)
    assert (cancelled.application_id, cancelled.by, cancelled.reason) == ("S1-P1", "host", "The supervisor is ill.")
    assert sorted(await matching.offers()) == ["S2-P1", "S3-P2"]
    assert (await pages.get("/staff/placements/S1-P1/cancel")).status_code == 409
    assert await matching.violations() == []


async def test_a_cancellation_without_a_reason_is_refused_and_changes_nothing(
    matching: Matching, pages: httpx.AsyncClient
) -> None:
    answer = await post(pages, "/S1-P1/cancel", by="somebody", reason=" ")

    assert answer.status_code == 422
    assert "Say why" in answer.text
    assert "Say who" in answer.text
    assert await matching.placements() == {"S1-P1": "confirmed"}


async def test_a_replacement_cancels_the_placement_and_makes_the_offer_in_one_step(
    matching: Matching, pages: httpx.AsyncClient
) -> None:
    await matching.reply("S3-P2", "decline")
    shown = await text_of(pages, "/S1-P1/replace")
    assert "Rank 2: S2" in shown
    assert "Rank 3: S3" in shown
    assert "S4" not in shown

    answer = await post(pages, "/S1-P1/replace", application_id="S3-P1", reason="Agreed with the host.")

    assert answer.status_code == 303, answer.text
    assert await matching.offers() == ["S3-P1"]
    offer = (await matching.service.published(OfferMade))[-1]
    assert (offer.application_id, offer.reply_by) == ("S3-P1", REPLY_BY)
    assert (await history(matching, "S1-P1"))[-1] == ("cancel", "staff", "Agreed with the host.")
    assert (await history(matching, "S3-P1"))[-1] == ("offer_by_hand", "staff", "Agreed with the host.")
    assert await matching.violations() == []
    await matching.reply("S3-P1", "accept")
    assert await matching.placements() == {"S1-P1": "cancelled", "S3-P1": "confirmed"}
    assert await matching.violations() == []


@pytest.mark.parametrize("chosen", ["S4-P1", "S3-P1", "S1-P1", "S3-P2", "nobody", ""])
async def test_only_a_candidate_can_be_chosen_as_a_replacement(
    matching: Matching, pages: httpx.AsyncClient, chosen: str
) -> None:
    """In turn: not suitable; has an offer; holds this placement; applied elsewhere; unknown; none chosen."""
    answer = await post(pages, "/S1-P1/replace", application_id=chosen, reason="Because.")

    assert answer.status_code == 422
    assert await matching.placements() == {"S1-P1": "confirmed"}
    assert sorted(await matching.offers()) == ["S3-P2"]


async def test_a_second_replacement_of_the_same_placement_is_refused(
    matching: Matching, pages: httpx.AsyncClient
) -> None:
    first = await post(pages, "/S1-P1/replace", application_id="S2-P1", reason="One.")
    second = await post(pages, "/S1-P1/replace", application_id="S2-P1", reason="Two.")

    assert (first.status_code, second.status_code) == (303, 409)
    assert len(await matching.service.published(PlacementCancelled)) == 1


async def test_after_the_cut_off_a_free_place_can_be_offered_to_an_unsuccessful_applicant(
    matching: Matching, pages: httpx.AsyncClient
) -> None:
    await matching.step_to(CUT_OFF)
    assert "S2-P1" in [each.application_id for each in await matching.service.published(ApplicationUnsuccessful)]
    await matching.cancel("S1-P1", "student")
    assert "S2-P1" not in await matching.offers()

    answer = await post(pages, "/projects/P1", application_id="S2-P1", reason="S1 is ill.")

    assert answer.status_code == 303, answer.text
    assert await matching.offers() == ["S2-P1"]
    await matching.reply("S2-P1", "accept")
    assert (await matching.placements())["S2-P1"] == "confirmed"
    assert await matching.violations() == []


async def test_the_deadline_of_an_offer_by_hand_is_the_begin_of_the_placement_and_none_is_made_later(
    matching: Matching, pages: httpx.AsyncClient
) -> None:
    begins = datetime(2027, 6, 20, 23, tzinfo=UTC)
    await matching.step_to(begins - timedelta(days=1))
    await matching.cancel("S1-P1", "student")
    await post(pages, "/projects/P1", application_id="S2-P1", reason="S1 is ill.")
    assert (await matching.service.published(OfferMade))[-1].reply_by == begins

    await matching.step_to(begins)

    assert DAYS.starts_on.isoformat() == "2027-06-21"
    assert await matching.offers() == []
    answer = await post(pages, "/projects/P1", application_id="S2-P1", reason="Again.")
    assert answer.status_code == 422


async def test_no_more_places_are_offered_than_a_project_has(matching: Matching, pages: httpx.AsyncClient) -> None:
    answer = await post(pages, "/projects/P1", application_id="S2-P1", reason="One more.")

    assert answer.status_code == 409
    assert await matching.offers() == ["S3-P2"]


async def test_no_place_of_a_withdrawn_project_is_offered(matching: Matching, pages: httpx.AsyncClient) -> None:
    await matching.receive(project_withdrawn(project_id="P1"))

    assert "withdrew this project" in await text_of(pages, "/projects/P1")
    assert (await post(pages, "/projects/P1", application_id="S2-P1", reason="Still.")).status_code == 409
    assert (await pages.get("/staff/placements/projects/P9")).status_code == 404


async def test_a_viewer_reads_and_is_offered_no_action(matching: Matching) -> None:
    async with browser(matching.service.replicas, staff(Role.VIEWER)) as pages:
        assert "Cancel the placement" not in await text_of(pages, "/S1-P1")
        assert (await pages.get("/staff/placements/S1-P1/replace")).status_code == 403
        assert (await post(pages, "/S1-P1/cancel", by="host", reason="No.")).status_code == 403
