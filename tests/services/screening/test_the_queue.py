"""The queue of screening as a page."""

import re
from datetime import timedelta
from itertools import chain

import pytest

from shared.runtime.store.inbox import lock
from shared.runtime.work import lock_keys
from shared.web.paging import PAGE
from tests.services.screening.reviewing import ReviewPages
from tests.support.examples import host_registered, project_submitted, round_scheduled
from tests.support.running import RunningService
from tests.support.waiting import until


async def shown(pages: ReviewPages, **query: str) -> list[str]:
    """The projects on a page of the queue, in their order."""
    page = await pages.browsers["hana"].get("/staff/screening", params=query)
    return re.findall(r'href="/staff/screening/projects/(\w+)\?', page.text)


async def submit_three(screening: RunningService) -> None:
    """P2 with several findings; a day later P1 without any; another day later P3 with a serious one."""
    vague = {"scope": "Help us.", "supervision": "Come."}
    for project_id, changes in (("P2", vague), ("P1", {}), ("P3", {"tasks": ["Tutor pupils"]})):
        await screening.receive(project_submitted(project_id=project_id, **changes))
        screening.clock.step_to(screening.clock() + timedelta(days=1))


async def test_the_queue_shows_what_waits_with_its_host_its_round_and_what_was_found(pages: ReviewPages) -> None:
    await pages.screening.receive(
        round_scheduled(), host_registered(legal_status="commercial"), project_submitted(tasks=["Write the articles"])
    )

    page = await pages.page()

    assert "A small tool for river health , Brown & Brown Museum" in page
    assert "Brown & Brown Museum, commercial · P0001 · Trinity 2027" in page
    assert "unpaid production" in page
    assert "Nobody reviews it yet" in page


async def test_a_host_that_becomes_known_later_changes_the_findings_of_waiting_projects(pages: ReviewPages) -> None:
    await pages.screening.receive(project_submitted(tasks=["Write the articles"]))
    assert "H0001" in await pages.page()
    assert "No project is like that" in await pages.page(kind="unpaid-production")

    await pages.screening.receive(host_registered(host_version=2, legal_status="commercial"))
    await pages.screening.receive(host_registered(host_version=1, legal_status="charity", organisation="Old name"))

    page = await pages.page(kind="unpaid-production")
    assert "Brown & Brown Museum" in page
    assert "Old name" not in page


async def test_the_page_shows_how_many_wait_and_what_they_need(pages: ReviewPages) -> None:
    await pages.screening.receive(*(project_submitted(project_id=f"P000{number}") for number in (1, 2, 3)))
    await pages.prepare("approve", project_id="P0001")
    await pages.act("opinion", project_id="P0002")
    pages.screening.clock.step_to(pages.screening.clock() + timedelta(days=7))

    page = await pages.page()

    assert "Waiting 3 Overdue 3 Verdict prepared 1 Second opinion awaited 1" in page


async def test_the_queue_can_be_filtered_by_reviewer_state_and_round(pages: ReviewPages) -> None:
    await pages.screening.receive(
        project_submitted(project_id="P0001", title="Hana's own"),
        project_submitted(project_id="P0002", title="Nobody's yet"),
        project_submitted(project_id="P0003", title="Of another round", round_id="hilary-2027"),
    )
    await pages.act("assignment", {"reviewer": "hana"})
    await pages.screening.http.post("/reviews/P0003/revisions/1/verdict", json={"verdict": "approve"})

    mine = await pages.page(who="hana", whose="mine")
    assert "Hana's own" in mine
    assert "Nobody's yet" not in mine
    assert "Nobody's yet" in await pages.page(who="hana", whose="unassigned")
    assert "Of another round" in await pages.page(state="approved")
    assert "No project is like that" in await pages.page(state="approved", round_id="trinity-2027")


@pytest.mark.parametrize(
    ("order", "projects"),
    [
        ("age", ["P2", "P1", "P3"]),
        ("due", ["P2", "P1", "P3"]),
        # One serious finding outweighs several others.
        ("findings", ["P3", "P2", "P1"]),
    ],
)
async def test_the_queue_is_in_the_order_that_is_asked_for(pages: ReviewPages, order: str, projects: list[str]) -> None:
    await submit_three(pages.screening)

    assert await shown(pages, order=order) == projects


async def test_by_organisation_it_is_in_the_order_of_names_then_of_age(pages: ReviewPages) -> None:
    await pages.screening.receive(host_registered(host_id="H0009", organisation="aardvark rescue"), host_registered())
    await pages.screening.receive(project_submitted(project_id="P1"))
    await pages.screening.receive(
        project_submitted(project_id="P2"), project_submitted(project_id="P3", host_id="H0009")
    )

    assert await shown(pages, order="organisation") == ["P3", "P1", "P2"]


async def test_the_queue_can_be_filtered_by_finding_and_by_overdue(pages: ReviewPages) -> None:
    await submit_three(pages.screening)
    assert await shown(pages, kind="excluded-work") == ["P3"]
    assert await shown(pages, overdue="yes") == []

    pages.screening.clock.step_to(pages.screening.clock() + timedelta(days=4))
    assert await shown(pages, overdue="yes") == ["P2"]


async def test_a_long_queue_is_shown_a_page_at_a_time_with_its_filters(pages: ReviewPages) -> None:
    ids = [f"P{number:03}" for number in range(2 * PAGE + 1)]
    await pages.screening.receive(*(project_submitted(project_id=project_id, scope="Help us.") for project_id in ids))

    three_pages = [await shown(pages, order="age", kind="vague", page=str(number)) for number in (1, 2, 3)]
    second = (await pages.browsers["hana"].get("/staff/screening", params={"kind": "vague", "page": "2"})).text

    assert sorted(chain.from_iterable(three_pages)) == ids
    assert [len(page) for page in three_pages] == [PAGE, PAGE, 1]
    assert "51 to 100 of 101 projects." in second
    assert re.search(r'rel="prev" href="\?[^"]*kind=vague[^"]*&amp;page=1"', second)
    assert re.search(r'rel="next" href="\?[^"]*kind=vague[^"]*&amp;page=3"', second)


async def test_beyond_the_last_page_is_the_last(pages: ReviewPages) -> None:
    await submit_three(pages.screening)

    assert await shown(pages, page="99999") == ["P2", "P1", "P3"]


async def test_reviews_from_an_earlier_version_get_findings_before_they_are_shown(pages: ReviewPages) -> None:
    await submit_three(pages.screening)
    await pages.screening.connection.execute("update reviews set findings = null")

    assert await shown(pages, kind="excluded-work") == ["P3"]
    assert await shown(pages, order="findings") == ["P3", "P2", "P1"]


async def test_a_project_waits_for_a_change_of_its_host_in_another_transaction(pages: ReviewPages) -> None:
    """Otherwise its findings would stay based on what the host was before."""
    screening = pages.screening
    await screening.receive(host_registered(legal_status="charity"))
    async with screening.connection.transaction():
        await lock(screening.connection, lock_keys("screening", ["host/H0001"]))
        await screening.publish(project_submitted(tasks=["Write the articles"]))
        await until(lambda: screening.connection.fetchval("select exists (select from pg_locks where not granted)"))
        await screening.connection.execute("update hosts set legal_status = 'commercial'")
    await screening.quiet()

    assert await shown(pages, kind="unpaid-production") == ["P0001"]


async def test_unknown_values_of_filters_are_ignored(pages: ReviewPages) -> None:
    await pages.screening.receive(project_submitted())

    page = await pages.page(kind="?", whose="?", order="?", page="-1", state="open")

    assert "A small tool for river health" in page


async def test_an_empty_queue_explains_what_comes_next(pages: ReviewPages) -> None:
    assert "Nothing waits for a verdict What hosts submit appears here at once" in await pages.page()


async def test_what_a_host_wrote_is_text_and_never_markup(pages: ReviewPages) -> None:
    await pages.screening.receive(project_submitted(title="<script>alert(1)</script>"))

    for path in ("", "/projects/P0001"):
        answer = await pages.browsers["quinn"].get(f"/staff/screening{path}")
        assert "<script>alert" not in answer.text
        assert "&lt;script&gt;alert" in answer.text
