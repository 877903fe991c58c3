"""The match on staff pages: previewed without any change, held back, released once, and shown as it went out."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from shared.contracts.matching import MatchMade, OfferMade
from shared.web.callers import Role
from tests.services.matching.driver import Matching
from tests.support.examples import ROUND, host_registered, round_scheduled, student_registered
from tests.support.matching import CUT_OFF, OFFERS_AT, application_received, applications_closed, project_approved
from tests.support.visitors import browser, staff

WISHES = {"S1": ["P1", "P2"], "S2": ["P1"], "S3": ["P2", "P1"]}
RANKINGS = {"P1": ["S1", "S2", "S3"], "P2": ["S3", "S1"]}
"""Under every policy S1 gets P1 and S3 P2, and S2 is left."""

CONTESTED = {"S1": ["P1", "P2"], "S2": ["P1"]}
"""Both students get a place only if S1 gets the second choice, though S1 and P1 would rather have each other."""
RANKED = {"P1": ["S1", "S2"], "P2": ["S1"]}

HERE = f"/staff/matching/{ROUND}"
TABLES = ("applications", "application_steps", "offers", "rankings", "match_settings", "releases", "outbox", "waiting")


@pytest.fixture
async def pages(matching: Matching) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(matching.service.replicas, staff(who="ada")) as client:
        yield client


async def text_of(pages: httpx.AsyncClient, path: str, **asked: str) -> str:
    answer = await pages.get(path, params=asked)
    assert answer.status_code == 200, answer.text
    return answer.text


async def contents(matching: Matching) -> dict[str, Any]:
    return {table: await matching.service.connection.fetch(f"select * from {table}") for table in TABLES}


async def decide(pages: httpx.AsyncClient, policy: str = "stable", *, held: bool = False) -> httpx.Response:
    return await pages.post(
        f"{HERE}/decision", data={"policy": policy, "note": "Why"} | ({"held": "yes"} if held else {})
    )


async def release(pages: httpx.AsyncClient, policy: str, **form: str) -> httpx.Response:
    return await pages.post(f"{HERE}/release", params={"policy": policy}, data=form)


async def test_a_preview_shows_each_policy_and_changes_nothing(matching: Matching, pages: httpx.AsyncClient) -> None:
    await matching.prepare(WISHES, RANKINGS)
    before = await contents(matching)

    shown = await text_of(pages, HERE)
    for policy in ("stable", "most_places", "first_come"):
        for part in ("pairs", "blocking", "students", "projects"):
            await text_of(pages, f"{HERE}/{policy}", part=part)
    await text_of(pages, f"{HERE}/release", policy="stable")

    assert "2 of 2" in shown
    assert "First come" in shown
    assert await contents(matching) == before
    assert await matching.offers() == []


async def test_before_applications_have_closed_there_is_nothing_to_preview(
    matching: Matching, pages: httpx.AsyncClient
) -> None:
    await matching.receive(round_scheduled(), project_approved("P1"), application_received("S1", "P1"))

    assert "Nothing to preview yet" in await text_of(pages, HERE)
    assert (await pages.get(f"{HERE}/stable")).status_code == 404
    assert (await release(pages, "stable", sure="yes")).status_code == 409


async def test_a_preview_says_which_facts_are_missing(matching: Matching, pages: httpx.AsyncClient) -> None:
    await matching.prepare(WISHES, {"P1": RANKINGS["P1"]})
    await matching.receive(applications_closed(6, closed_at=OFFERS_AT - timedelta(days=5)))

    shown = await text_of(pages, HERE)

    assert "5 of 6 applications are known" in shown
    assert "1 project without a ranking, with 2 applications" in shown
    assert (await release(pages, "stable", sure="yes")).status_code == 409
    assert await matching.offers() == []


@pytest.mark.parametrize(
    ("policy", "offered"),
    [("stable", ["S1-P1"]), ("most_places", ["S1-P2", "S2-P1"]), ("first_come", ["S1-P2", "S2-P1"])],
)
async def test_a_match_is_released_under_the_policy_that_staff_chose(
    matching: Matching, pages: httpx.AsyncClient, policy: str, offered: list[str]
) -> None:
    first = application_received("S2", "P1", received_at=datetime(2027, 4, 25, 12, tzinfo=UTC))
    await matching.receive(first)
    await matching.prepare(CONTESTED, RANKED)

    answer = await release(pages, policy, sure="yes")

    assert answer.status_code == 303, answer.text
    assert sorted(await matching.offers()) == offered
    (made,) = await matching.service.published(MatchMade)
    assert (made.policy, made.offers) == (policy, len(offered))
    assert await matching.violations() == []
    shown = await text_of(pages, HERE)
    assert "This match has gone out" in shown
    assert "by ada" in shown


async def test_without_the_box_ticked_nothing_is_released(matching: Matching, pages: httpx.AsyncClient) -> None:
    await matching.prepare(WISHES, RANKINGS)

    assert (await release(pages, "stable")).status_code == 422
    assert await matching.offers() == []


async def test_at_its_time_the_match_goes_out_under_the_policy_that_was_chosen(
    matching: Matching, pages: httpx.AsyncClient
) -> None:
    await matching.prepare(CONTESTED, RANKED)
    assert (await decide(pages, "most_places")).status_code == 303

    await matching.step_to(OFFERS_AT)

    assert sorted(await matching.offers()) == ["S1-P2", "S2-P1"]
    assert [made.policy for made in await matching.service.published(MatchMade)] == ["most_places"]
    assert "the programme, when its offers were due" in await text_of(pages, HERE)
    assert await matching.violations() == []


async def test_a_match_that_is_held_back_waits_for_a_release_and_is_shown_as_late_after_its_time(
    matching: Matching, pages: httpx.AsyncClient
) -> None:
    await matching.prepare(WISHES, RANKINGS)
    await decide(pages, held=True)
    assert "Held back past its time" not in await text_of(pages, HERE)

    await matching.step_to(OFFERS_AT)

    assert await matching.offers() == []
    assert "Held back past its time" in await text_of(pages, HERE)
    assert "is held back past its time" in await text_of(pages, "/staff/matching")
    await release(pages, "stable", sure="yes")
    assert sorted(await matching.offers()) == ["S1-P1", "S3-P2"]


async def test_a_match_no_longer_held_back_goes_out_at_its_time_or_at_once_if_that_is_over(
    matching: Matching, pages: httpx.AsyncClient
) -> None:
    await matching.prepare(WISHES, RANKINGS)
    await decide(pages, held=True)
    await decide(pages)
    await decide(pages, held=True)
    await matching.step_to(OFFERS_AT + timedelta(days=1))
    assert await matching.offers() == []

    await decide(pages)
    await matching.service.quiet()

    assert sorted(await matching.offers()) == ["S1-P1", "S3-P2"]
    assert len(await matching.service.published(MatchMade)) == 1


async def test_after_a_release_its_timer_does_nothing_and_nothing_can_be_decided(
    matching: Matching, pages: httpx.AsyncClient
) -> None:
    await matching.prepare(WISHES, RANKINGS)
    await release(pages, "stable", sure="yes")

    await matching.step_to(OFFERS_AT)

    assert len(await matching.service.published(MatchMade)) == 1
    assert (await decide(pages, held=True)).status_code == 409
    assert (await pages.get(f"{HERE}/release")).status_code == 409
    assert await matching.service.failures() == []


async def test_several_releases_at_once_make_one_match(matching: Matching, pages: httpx.AsyncClient) -> None:
    await matching.prepare(WISHES, RANKINGS)

    answers = await asyncio.gather(*(release(pages, policy, sure="yes") for policy in ("stable", "most_places") * 2))

    assert {answer.status_code for answer in answers} == {303}
    assert len(await matching.service.published(MatchMade)) == 1
    assert len(await matching.service.published(OfferMade)) == 2


async def test_a_match_released_after_the_cut_off_ends_its_waiting_list(
    matching: Matching, pages: httpx.AsyncClient
) -> None:
    await matching.prepare(WISHES, RANKINGS)
    await decide(pages, held=True)
    await matching.step_to(CUT_OFF)

    await release(pages, "stable", sure="yes")

    rows = await matching.service.connection.fetch("select state from applications where student_id = 'S2'")
    assert [row["state"] for row in rows] == ["unsuccessful"]
    assert await matching.violations() == []


async def test_what_went_out_is_shown_as_it_was_then(matching: Matching, pages: httpx.AsyncClient) -> None:
    await matching.prepare(WISHES, RANKINGS)
    await matching.step_to(OFFERS_AT)
    before = await text_of(pages, f"{HERE}/stable")

    await matching.reply("S1-P1", "decline")

    assert await text_of(pages, f"{HERE}/stable") == before


async def test_pairs_and_students_without_a_place_are_found_by_name(
    matching: Matching, pages: httpx.AsyncClient
) -> None:
    await matching.prepare(WISHES, RANKINGS)
    await matching.receive(
        student_registered(student_id="S1", name="Elif Sato"),
        student_registered(student_id="S2", name="Ben Okoro"),
        host_registered(host_id="H-P1", organisation="Brown & Brown Museum"),
    )

    assert "1 pair" in await text_of(pages, f"{HERE}/stable", q="elif museum")
    assert "Nothing found" in await text_of(pages, f"{HERE}/stable", q="ben")
    assert "Ben Okoro" in await text_of(pages, f"{HERE}/stable", part="students", q="okoro")
    assert "Brown &amp; Brown Museum" in await text_of(pages, f"{HERE}/stable", q="elif")


async def test_the_figures_of_groups_are_shown_by_division(matching: Matching, pages: httpx.AsyncClient) -> None:
    await matching.prepare(WISHES, RANKINGS)
    await matching.receive(
        student_registered(student_id="S1", division="Humanities"),
        student_registered(student_id="S2", division="Humanities"),
    )

    shown = await text_of(pages, HERE)

    assert "By division" in shown
    assert "1 (50%)" in shown
    assert "Not known" in shown


async def test_a_viewer_reads_and_is_offered_no_action(matching: Matching) -> None:
    await matching.prepare(WISHES, RANKINGS)
    async with browser(matching.service.replicas, staff(Role.VIEWER)) as pages:
        shown = await text_of(pages, HERE)

        assert "Release now" not in shown
        assert "Save the decision" not in shown
        assert (await release(pages, "stable", sure="yes")).status_code == 403
