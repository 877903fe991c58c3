"""A host's placements and their attendance in the browser."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.matching.rules.rounds import midnight
from tests.services.matching.driver import Matching
from tests.services.matching.pages import Page
from tests.support.examples import host_registered, project_submitted, student_registered
from tests.support.matching import DAYS
from tests.support.visitors import browser, host

PAGE = "/host/placements/S1-P1"
MONDAY, FRIDAY = midnight(DAYS.starts_on), midnight(DAYS.ends_on)
TOO_LATE = midnight(DAYS.ends_on + timedelta(days=15))


@pytest.fixture(autouse=True)
async def a_placement(matching: Matching) -> None:
    await matching.receive(
        host_registered(host_id="H-P1"),
        project_submitted(project_id="P1", host_id="H-P1"),
        student_registered(student_id="S1", name="Elif Sato"),
    )
    await matching.match({"S1": ["P1"]}, {"P1": ["S1"]})
    await matching.reply("S1-P1", "accept")


@pytest.fixture
async def visit(matching: Matching) -> AsyncIterator[Callable[..., Any]]:
    async with AsyncExitStack() as stack:

        async def visiting(host_id: str) -> httpx.AsyncClient:
            return await stack.enter_async_context(browser(matching.service.replicas, host(host_id)))

        yield visiting


@pytest.fixture
async def hosts(visit: Callable[..., Any]) -> httpx.AsyncClient:
    client: httpx.AsyncClient = await visit("H-P1")
    return client


async def record(hosts: httpx.AsyncClient, **days: str) -> httpx.Response:
    form = {day.replace("_", "-").replace("day-", "day-2027-06-"): word for day, word in days.items()}
    return await hosts.post(f"{PAGE}/attendance", data=form)


async def recorded(matching: Matching) -> list[str]:
    attendance = (await matching.get("/placements/S1-P1"))["attendance"]
    return [f"{each['day'][-2:]} {each['presence']}" for each in attendance]


async def test_a_host_sees_who_comes_when_and_what_to_do_before(hosts: httpx.AsyncClient) -> None:
    listed = Page(await hosts.get("/host/placements"))
    page = Page(await hosts.get(PAGE))

    assert "Elif Sato Monday 21 to Friday 25 June 2027 Confirmed" in listed.text
    assert PAGE in listed.links
    for text in (
        "Monday 21 to Friday 25 June 2027",
        "introductory call by Monday 14 June 2027",
        "insurance",
        "against receipts",
        "destroyed when the round is over",
        "You record it here from the first day on",
    ):
        assert text in page.text
    assert "elif@college.example" not in page.text
    assert page.actions == set()


async def test_days_are_recorded_from_the_first_one_on_and_can_be_corrected(
    matching: Matching, hosts: httpx.AsyncClient
) -> None:
    await matching.step_to(MONDAY + timedelta(days=1))
    assert "To record" in Page(await hosts.get("/host/placements")).text

    answer = await record(hosts, day_21="present", day_22="absent")
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    await record(hosts, day_22="excused")

    assert await recorded(matching) == ["21 present", "22 excused"]
    rows = await matching.service.connection.fetch("select presence from attendance order by id")
    assert [row["presence"] for row in rows] == ["present", "absent", "excused"]
    assert "To record" not in Page(await hosts.get("/host/placements")).text


async def test_what_was_recorded_before_is_not_recorded_again(matching: Matching, hosts: httpx.AsyncClient) -> None:
    await matching.step_to(FRIDAY)
    await record(hosts, day_21="present")
    await record(hosts, day_21="present", day_22="present")

    assert await matching.service.connection.fetchval("select count(*) from attendance") == 2


async def test_attendance_with_a_day_to_come_or_an_unknown_presence_is_refused_as_a_whole(
    matching: Matching, hosts: httpx.AsyncClient
) -> None:
    await matching.step_to(MONDAY)

    assert (await record(hosts, day_21="present", day_25="present")).status_code == 422
    assert (await record(hosts, day_21="late")).status_code == 422
    assert await recorded(matching) == []


async def test_before_the_first_day_and_long_after_the_last_nothing_is_recorded(
    matching: Matching, hosts: httpx.AsyncClient
) -> None:
    assert (await record(hosts, day_21="present")).status_code == 409

    await matching.step_to(TOO_LATE - timedelta(minutes=1))
    assert (await record(hosts, day_21="absent")).status_code == 303
    await matching.step_to(TOO_LATE)
    answer = await record(hosts, day_21="present")

    assert answer.status_code == 409
    assert "can no longer be changed" in Page(answer).text
    assert await recorded(matching) == ["21 absent"]
    page = Page(await hosts.get(PAGE))
    assert "Monday 21 June 2027 Absent" in page.text
    assert "/host/surveys" in page.links


async def test_a_no_show_is_visible_to_staff(matching: Matching, hosts: httpx.AsyncClient) -> None:
    assert (await matching.get("/placements/S1-P1"))["did_not_come"] is False
    await matching.step_to(MONDAY)

    await record(hosts, day_21="absent")

    assert (await matching.get("/placements/S1-P1"))["did_not_come"] is True
    assert [each["did_not_come"] for each in await matching.get("/placements")] == [True]


async def test_a_cancelled_placement_has_no_attendance(matching: Matching, hosts: httpx.AsyncClient) -> None:
    await matching.cancel("S1-P1", "student", "I broke my leg")
    await matching.step_to(MONDAY)

    assert (await record(hosts, day_21="present")).status_code == 409
    page = Page(await hosts.get(PAGE))
    assert "This placement was cancelled" in page.text
    assert "I broke my leg" not in page.text


async def test_another_hosts_placement_does_not_exist(matching: Matching, visit: Callable[..., Any]) -> None:
    other = await visit("H-P2")
    await matching.step_to(MONDAY)

    assert (await other.get(PAGE)).status_code == 404
    assert (await record(other, day_21="absent")).status_code == 404
    page = Page(await other.get("/host/placements"))
    assert "No placement yet" in page.text
    assert "/host/applicants" in page.links
