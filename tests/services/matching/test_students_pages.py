"""A student's applications, offers and placements in the browser."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import httpx
import pytest

from shared.contracts.matching import OfferAccepted, OfferDeclined, PlacementCancelled
from tests.services.matching.driver import Matching
from tests.services.matching.pages import Page
from tests.support.examples import (
    host_registered,
    project_submitted,
    project_withdrawn,
)
from tests.support.matching import CUT_OFF, REPLY_BY, application_received
from tests.support.visitors import browser, student

WISHES = {"S1": ["P1", "P2"], "S2": ["P1"]}
RANKINGS = {"P1": ["S1", "S2"], "P2": ["S1"]}
OFFER = "/student/offers/S1-P1"
PLACEMENT = "/student/placements/S1-P1"
MOMENT = timedelta(microseconds=1)


@pytest.fixture(autouse=True)
async def first_offers(matching: Matching) -> None:
    """S1 is offered P1, and P2 has ranked S1 too; S2 waits for P1."""
    await matching.receive(
        *(host_registered(host_id=f"H-{project}", organisation=f"Museum of {project}") for project in ("P1", "P2")),
        project_submitted(project_id="P1", host_id="H-P1"),
    )
    await matching.match(WISHES, RANKINGS)


@pytest.fixture
async def visit(matching: Matching) -> AsyncIterator[Callable[..., Any]]:
    async with AsyncExitStack() as stack:

        async def visiting(student_id: str) -> httpx.AsyncClient:
            return await stack.enter_async_context(browser(matching.service.replicas, student(student_id)))

        yield visiting


@pytest.fixture
async def s1(visit: Callable[..., Any]) -> httpx.AsyncClient:
    client: httpx.AsyncClient = await visit("S1")
    return client


async def states(matching: Matching) -> dict[str, str]:
    rows = await matching.service.connection.fetch("select application_id, state from applications")
    return {row["application_id"]: row["state"] for row in rows}


async def test_an_open_offer_is_on_top_with_its_deadline_and_each_application_is_explained(
    s1: httpx.AsyncClient,
) -> None:
    page = Page(await s1.get("/student/applications"))

    assert "You have an offer: A small tool for river health" in page.text
    assert "Reply by 09:00 BST on Monday 24 May 2027 (3 days left)" in page.text
    assert "Your choice 1 of 2" in page.text
    assert "You have an offer for another of your applications" in page.text
    assert {OFFER, "/student/forms/S1-P1", "/student/forms/S1-P2"} <= page.links


async def test_a_student_on_a_waiting_list_is_shown_when_it_ends(visit: Callable[..., Any]) -> None:
    page = Page(await (await visit("S2")).get("/student/applications"))

    assert "On the waiting list" in page.text
    assert "The waiting list ends: midnight BST at the end of Sunday 6 June 2027" in page.text


async def test_without_applications_the_page_leads_to_the_catalogue(visit: Callable[..., Any]) -> None:
    page = Page(await (await visit("S9")).get("/student/applications"))

    assert "You have not applied yet" in page.text
    assert "/catalogue" in page.links


async def test_an_offer_is_shown_in_full(s1: httpx.AsyncClient) -> None:
    page = Page(await s1.get(OFFER))

    for text in ("Museum of P1", "Oxford, in person", "Hana Brown", "A one-page user guide", "3 days left"):
        assert text in page.text
    assert {f"{OFFER}/accept", f"{OFFER}/decline"} <= page.links
    assert page.actions == set()


async def test_before_a_reply_is_sent_the_page_shows_what_follows(s1: httpx.AsyncClient) -> None:
    accepting = Page(await s1.get(f"{OFFER}/accept"))
    declining = Page(await s1.get(f"{OFFER}/decline"))

    assert "It ends your other application: A small tool for river health" in accepting.text
    assert accepting.actions == {f"{OFFER}/accept"}
    assert "Declining ends this application, and cannot be undone." in declining.text
    assert declining.actions == {f"{OFFER}/decline"}


async def test_following_every_link_changes_nothing(matching: Matching, s1: httpx.AsyncClient) -> None:
    before = await states(matching)
    for path in ("/student/applications", OFFER, f"{OFFER}/accept", f"{OFFER}/decline"):
        assert (await s1.get(path)).status_code == 200
    assert await states(matching) == before

    await matching.reply("S1-P1", "accept")
    before = await states(matching)
    for path in (PLACEMENT, f"{PLACEMENT}/cancellation", f"{OFFER}/accept", f"{OFFER}/decline"):
        assert (await s1.get(path)).status_code == 200
    assert await states(matching) == before


async def test_accepting_makes_the_placement_and_doing_it_again_changes_nothing(
    matching: Matching, s1: httpx.AsyncClient
) -> None:
    answer = await s1.post(f"{OFFER}/accept")
    again = await s1.post(f"{OFFER}/accept")

    assert [(each.status_code, each.headers["location"]) for each in (answer, again)] == [(303, PLACEMENT)] * 2
    assert [each.application_id for each in await matching.service.published(OfferAccepted)] == ["S1-P1"]
    assert await states(matching) == {"S1-P1": "confirmed", "S1-P2": "unsuccessful", "S2-P1": "waitlisted"}
    page = Page(await s1.get(PLACEMENT))
    for text in ("Confirmed", "Have your introductory call", "by Monday 14 June 2027", "Making the most of your"):
        assert text in page.text


async def test_declining_ends_this_application_and_the_place_is_offered_on(
    matching: Matching, s1: httpx.AsyncClient
) -> None:
    answer = await s1.post(f"{OFFER}/decline")

    assert (answer.status_code, answer.headers["location"]) == (303, "/student/applications")
    assert [(each.application_id, each.by) for each in await matching.service.published(OfferDeclined)] == [
        ("S1-P1", "student")
    ]
    assert await states(matching) == {"S1-P1": "declined", "S1-P2": "offered", "S2-P1": "offered"}
    assert "Your choice 2 of 2" in Page(await s1.get("/student/offers/S1-P2")).text


async def test_a_reply_that_comes_too_late_is_refused_and_changes_nothing(
    matching: Matching, s1: httpx.AsyncClient
) -> None:
    await matching.step_to(REPLY_BY)
    before = await states(matching)

    answer = await s1.post(f"{OFFER}/accept")

    assert answer.status_code == 409
    assert "Your reply came too late" in Page(answer).text
    assert Page(answer).actions == set()
    assert before["S1-P1"] == "expired"
    assert await states(matching) == before
    assert "Not replied to" in Page(await s1.get("/student/applications")).text


async def test_an_offer_whose_time_is_over_takes_no_reply_even_before_its_timer_has_come(
    matching: Matching, s1: httpx.AsyncClient
) -> None:
    await matching.service.connection.execute("delete from waiting")
    matching.service.clock.step_to(REPLY_BY)

    answer = await s1.post(f"{OFFER}/decline")

    assert answer.status_code == 409
    assert "The time to reply to this offer ended on 24 May 2027, 09:00" in Page(answer).text


async def test_an_offer_that_the_host_took_back_shows_why(matching: Matching, s1: httpx.AsyncClient) -> None:
    await matching.receive(project_withdrawn(project_id="P1", reason="The museum closes for repairs"))

    answer = await s1.post(f"{OFFER}/accept")

    assert answer.status_code == 409
    assert "The host withdrew the project" in Page(answer).text
    assert "The museum closes for repairs" in Page(answer).text


async def test_a_placement_is_cancelled_with_a_reason_that_the_page_does_not_show(
    matching: Matching, s1: httpx.AsyncClient
) -> None:
    await s1.post(f"{OFFER}/accept")

    without_reason = await s1.post(f"{PLACEMENT}/cancellation", data={"reason": " "})
    assert without_reason.status_code == 422
    assert "Say why" in Page(without_reason).text

    for _ in range(2):
        answer = await s1.post(f"{PLACEMENT}/cancellation", data={"reason": "I broke my leg"})
        assert (answer.status_code, answer.headers["location"]) == (303, PLACEMENT)
    (cancelled,) = await matching.service.published(PlacementCancelled)
    assert (cancelled.by, cancelled.reason) == ("student", "I broke my leg")
    assert (await states(matching))["S2-P1"] == "offered"
    page = Page(await s1.get(PLACEMENT))
    assert "You cancelled this placement." in page.text
    assert "I broke my leg" not in page.text


async def test_a_placement_that_is_over_is_not_cancelled_and_leads_to_the_survey(
    matching: Matching, s1: httpx.AsyncClient
) -> None:
    await s1.post(f"{OFFER}/accept")
    await matching.step_to(CUT_OFF + timedelta(days=30))

    answer = await s1.post(f"{PLACEMENT}/cancellation", data={"reason": "I broke my leg"})

    assert answer.status_code == 409
    assert "It is over, so there is nothing to cancel." in Page(answer).text
    assert "/student/surveys" in Page(await s1.get(PLACEMENT)).links


async def test_the_pages_of_another_student_are_not_found(matching: Matching, visit: Callable[..., Any]) -> None:
    other = await visit("S2")
    await matching.reply("S1-P1", "accept")
    before = await states(matching)

    for path in (OFFER, f"{OFFER}/accept", f"{OFFER}/decline", PLACEMENT, f"{PLACEMENT}/cancellation"):
        assert (await other.get(path)).status_code == 404
    for path in (f"{OFFER}/accept", f"{OFFER}/decline", f"{PLACEMENT}/cancellation"):
        assert (await other.post(path, data={"reason": "Mischief"})).status_code == 404
    assert await states(matching) == before
    assert "S1-P1" not in (await other.get("/student/applications")).text


async def test_an_application_without_an_offer_has_no_page_for_one(s1: httpx.AsyncClient) -> None:
    assert (await s1.get("/student/offers/S1-P2")).status_code == 404
    assert (await s1.get("/student/placements/S1-P1")).status_code == 404


async def test_facts_that_have_not_arrived_yet_are_left_out(matching: Matching, visit: Callable[..., Any]) -> None:
    await matching.receive(application_received("S7", "P7", round_id="another-round"))

    assert "Project P7" in Page(await (await visit("S7")).get("/student/applications")).text
