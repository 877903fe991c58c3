"""A host ranks its applicants in the browser."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import httpx
import pytest

from shared.contracts.matching import ApplicationUnsuccessful, RankingReceived
from tests.services.matching.driver import Matching
from tests.services.matching.pages import Page
from tests.support.examples import (
    host_registered,
    project_submitted,
    project_withdrawn,
    round_scheduled,
    student_registered,
)
from tests.support.matching import (
    OFFERS_AT,
    application_received,
    application_withdrawn,
    applications_closed,
    project_approved,
)
from tests.support.visitors import browser, host

CLOSED_AT = round_scheduled().closes_at
DUE_AT = round_scheduled().rankings_due_at
PAGE = "/host/applicants/P1"


@pytest.fixture(autouse=True)
async def four_applicants(matching: Matching) -> None:
    matching.service.clock.step_to(CLOSED_AT - timedelta(hours=1))
    await matching.receive(
        round_scheduled(),
        host_registered(host_id="H-P1"),
        project_submitted(project_id="P1", host_id="H-P1", title="A small tool for river health"),
        project_approved("P1", places=2),
        project_approved("P2"),
        *(student_registered(student_id=f"S{n}", name=f"Student {n}") for n in (1, 2, 3, 4)),
    )
    await matching.receive(*(application_received(f"S{n}", "P1", preference=n) for n in (1, 2, 3, 4)))


@pytest.fixture
async def closed(matching: Matching) -> None:
    await matching.receive(applications_closed(4))
    await matching.step_to(CLOSED_AT)


@pytest.fixture
async def visit(matching: Matching) -> AsyncIterator[Callable[..., Any]]:
    async with AsyncExitStack() as stack:

        async def visiting(host_id: str = "H-P1") -> httpx.AsyncClient:
            return await stack.enter_async_context(browser(matching.service.replicas, host(host_id)))

        yield visiting


@pytest.fixture
async def hosts(visit: Callable[..., Any]) -> httpx.AsyncClient:
    client: httpx.AsyncClient = await visit()
    return client


async def move(hosts: httpx.AsyncClient, application_id: str, how: str, **fields: str) -> httpx.Response:
    form = {"application_id": application_id, "move": how, **fields}
    return await hosts.post(f"{PAGE}/order", data=form)


async def in_order(hosts: httpx.AsyncClient) -> list[str]:
    return Page(await hosts.get(PAGE)).value_of("order").split()


async def send(hosts: httpx.AsyncClient, **fields: str) -> httpx.Response:
    order = Page(await hosts.get(PAGE)).value_of("order")
    return await hosts.post(f"{PAGE}/ranking", data={"order": order, **fields})


async def test_before_applications_close_nobody_is_shown_but_the_deadline_is(hosts: httpx.AsyncClient) -> None:
    page = Page(await hosts.get(PAGE))

    assert "Students apply until noon BST on Monday 10 May 2027" in page.text
    assert "Student 1" not in page.text
    assert page.actions == set()
    assert "Students apply until" in Page(await hosts.get("/host/applicants")).text
    assert (await move(hosts, "S1-P1", "last")).status_code == 409


@pytest.mark.usefixtures("closed")
async def test_the_projects_are_shown_with_their_next_task_and_its_deadline(hosts: httpx.AsyncClient) -> None:
    page = Page(await hosts.get("/host/applicants"))

    assert "Waiting for your ranking" in page.text
    assert "17:00 BST on Wednesday 19 May 2027 (9 days left)" in page.text
    assert "Without a ranking, no place of a project is offered." in page.text
    assert PAGE in page.links
    assert "/host/applicants/P2" not in page.links


@pytest.mark.usefixtures("closed")
async def test_an_applicant_is_shown_by_name_and_studies_and_without_preference(hosts: httpx.AsyncClient) -> None:
    page = Page(await hosts.get(PAGE))

    assert "Student 3 Mathematics, undergraduate, year 2" in page.text
    assert "/host/applications/S3-P1" in page.links
    assert "preference" not in page.answer.text.lower()


@pytest.mark.usefixtures("closed")
async def test_every_move_is_kept_in_a_draft_and_nothing_is_published(
    matching: Matching, hosts: httpx.AsyncClient
) -> None:
    for moved in ("S3-P1", "S1-P1", "S2-P1"):
        answer = await move(hosts, moved, "last")
        assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    await move(hosts, "S2-P1", "up")
    await move(hosts, "S3-P1", "to", place="3")
    await move(hosts, "S1-P1", "back")

    assert await in_order(hosts) == ["S2-P1", "S3-P1"]
    assert "Begun, not sent" in Page(await hosts.get("/host/applicants")).text
    assert await matching.service.published(RankingReceived) == []


@pytest.mark.usefixtures("closed")
async def test_a_move_is_announced_in_words_to_those_who_cannot_see_it(hosts: httpx.AsyncClient) -> None:
    await move(hosts, "S1-P1", "last")
    answer = await hosts.post(
        f"{PAGE}/order",
        data={"application_id": "S2-P1", "move": "to", "place": "1"},
        headers={"HX-Request": "true"},
    )

    assert answer.status_code == 200
    assert "Student 2 is now 1 of 2. Saved." in Page(answer).text
    assert Page(answer).value_of("order") == "S2-P1 S1-P1"


@pytest.mark.usefixtures("closed")
async def test_a_ranking_that_is_sent_is_published_and_can_be_sent_again(
    matching: Matching, hosts: httpx.AsyncClient
) -> None:
    for moved in ("S1-P1", "S2-P1", "S3-P1", "S4-P1"):
        await move(hosts, moved, "last")
    answer = await send(hosts)
    await move(hosts, "S4-P1", "to", place="1")
    changed = Page(await hosts.get(PAGE)).text
    await send(hosts)

    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    assert "Changes not sent" in changed
    assert [event.application_ids for event in await matching.service.published(RankingReceived)] == [
        ["S1-P1", "S2-P1", "S3-P1", "S4-P1"],
        ["S4-P1", "S1-P1", "S2-P1", "S3-P1"],
    ]
    assert "Ranking sent" in Page(await hosts.get("/host/applicants")).text


@pytest.mark.usefixtures("closed")
async def test_a_host_has_to_confirm_that_it_leaves_applicants_out(
    matching: Matching, hosts: httpx.AsyncClient
) -> None:
    await move(hosts, "S1-P1", "last")

    refused = await send(hosts)
    assert refused.status_code == 422
    assert "Some applicants are not in your order" in Page(refused).text
    assert await matching.service.published(RankingReceived) == []

    assert (await send(hosts, leave_out="yes")).status_code == 303
    assert [event.application_ids for event in await matching.service.published(RankingReceived)] == [["S1-P1"]]


@pytest.mark.usefixtures("closed")
async def test_the_reason_why_somebody_is_not_suitable_is_for_staff_and_never_published(
    matching: Matching, hosts: httpx.AsyncClient
) -> None:
    without_reason = await move(hosts, "S2-P1", "aside", reason=" ")
    assert without_reason.status_code == 422
    assert "Say in a few words why" in Page(without_reason).text

    await move(hosts, "S2-P1", "aside", reason="Could not come in <week> 9")
    assert "Could not come in &lt;week&gt; 9" in (await hosts.get(PAGE)).text
    for moved in ("S1-P1", "S3-P1", "S4-P1"):
        await move(hosts, moved, "last")
    assert (await send(hosts)).status_code == 303
    await matching.step_to(OFFERS_AT)

    assert (await matching.get("/rankings/P1"))["not_suitable"] == {"S2-P1": "Could not come in <week> 9"}
    (unsuccessful,) = await matching.service.published(ApplicationUnsuccessful)
    assert (unsuccessful.application_id, unsuccessful.cause) == ("S2-P1", "not_suitable")
    published = await matching.service.connection.fetch("select convert_from(body, 'UTF8') as body from outbox")
    assert not any("Could not come" in row["body"] for row in published)


@pytest.mark.usefixtures("closed")
async def test_an_order_that_somebody_changed_meanwhile_is_shown_and_not_sent(
    matching: Matching, visit: Callable[..., Any]
) -> None:
    hosts, colleague = await visit(), await visit()
    await move(hosts, "S1-P1", "last")
    seen = Page(await hosts.get(PAGE)).value_of("order")
    await move(colleague, "S2-P1", "to", place="1")

    answer = await hosts.post(f"{PAGE}/ranking", data={"order": seen, "leave_out": "yes"})

    assert answer.status_code == 409
    assert "changed it in another window" in Page(answer).text
    assert Page(answer).value_of("order") == "S2-P1 S1-P1"
    assert await matching.service.published(RankingReceived) == []


@pytest.mark.usefixtures("closed")
async def test_an_applicant_who_withdraws_leaves_the_order(matching: Matching, hosts: httpx.AsyncClient) -> None:
    await move(hosts, "S1-P1", "last")
    await move(hosts, "S2-P1", "last")
    await matching.receive(application_withdrawn("S1", "P1"))

    assert await in_order(hosts) == ["S2-P1"]
    assert (await move(hosts, "S1-P1", "up")).status_code == 409


@pytest.mark.usefixtures("closed")
async def test_a_late_ranking_counts_until_the_match_and_not_after_it(
    matching: Matching, hosts: httpx.AsyncClient
) -> None:
    await matching.step_to(DUE_AT)
    assert "Your ranking was due by" in Page(await hosts.get(PAGE)).text
    await move(hosts, "S1-P1", "last")
    order = Page(await hosts.get(PAGE)).value_of("order")
    assert (await send(hosts, leave_out="yes")).status_code == 303

    await matching.step_to(OFFERS_AT)
    too_late = await hosts.post(f"{PAGE}/ranking", data={"order": order, "leave_out": "yes"})

    assert too_late.status_code == 409
    assert "The match of this round was made" in Page(too_late).text
    assert (await move(hosts, "S1-P1", "last")).status_code == 409
    page = Page(await hosts.get(PAGE))
    assert "Student 1 Offered a place" in page.text
    assert page.actions == set()


@pytest.mark.usefixtures("closed")
async def test_without_a_ranking_the_page_says_that_nothing_was_offered(
    matching: Matching, hosts: httpx.AsyncClient
) -> None:
    await matching.step_to(OFFERS_AT)

    assert "No place of this project was offered" in Page(await hosts.get(PAGE)).text


@pytest.mark.usefixtures("closed")
async def test_nobody_is_shown_once_the_round_is_over(matching: Matching, hosts: httpx.AsyncClient) -> None:
    await matching.step_to(OFFERS_AT + timedelta(days=60))

    page = Page(await hosts.get(PAGE))
    assert "This round is over" in page.text
    assert "Student 1" not in page.text


@pytest.mark.usefixtures("closed")
async def test_a_withdrawn_project_has_nobody_to_rank(matching: Matching, hosts: httpx.AsyncClient) -> None:
    await matching.receive(project_withdrawn(project_id="P1"))

    assert "You withdrew this project" in Page(await hosts.get(PAGE)).text
    assert (await move(hosts, "S1-P1", "last")).status_code == 409


@pytest.mark.usefixtures("closed")
async def test_another_hosts_project_does_not_exist(visit: Callable[..., Any]) -> None:
    other = await visit("H-P2")

    assert (await other.get(PAGE)).status_code == 404
    assert (await move(other, "S1-P1", "last")).status_code == 404
    assert (await other.post(f"{PAGE}/ranking", data={"order": "", "leave_out": "yes"})).status_code == 404
    assert PAGE not in Page(await other.get("/host/applicants")).links


async def test_a_host_without_projects_is_shown_what_comes_first(visit: Callable[..., Any]) -> None:
    page = Page(await (await visit("H9")).get("/host/applicants"))

    assert "No approved project yet" in page.text
    assert "/host/projects" in page.links
