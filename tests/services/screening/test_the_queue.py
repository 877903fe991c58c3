"""The queue of screening as a page."""

from datetime import timedelta

from tests.support.desk import Desk
from tests.support.examples import host_registered, project_submitted, round_scheduled


async def test_the_queue_shows_what_waits_with_its_host_its_round_and_what_was_found(desk: Desk) -> None:
    await desk.screening.hear(
        round_scheduled(), host_registered(legal_status="commercial"), project_submitted(tasks=["Write the articles"])
    )

    page = await desk.page()

    assert "A small tool for river health , Brown & Brown Museum" in page
    assert "Brown & Brown Museum, commercial · P0001 · Trinity 2027" in page
    assert "unpaid production" in page
    assert "Nobody reviews it yet" in page


async def test_a_host_that_becomes_known_later_counts_for_what_waits_already(desk: Desk) -> None:
    await desk.screening.hear(project_submitted(tasks=["Write the articles"]))
    assert "H0001" in await desk.page()
    assert "No project is like that" in await desk.page(kind="unpaid-production")

    await desk.screening.hear(host_registered(host_version=2, legal_status="commercial"))
    await desk.screening.hear(host_registered(host_version=1, legal_status="charity", organisation="Old name"))

    page = await desk.page(kind="unpaid-production")
    assert "Brown & Brown Museum" in page
    assert "Old name" not in page


async def test_above_the_queue_stands_how_many_wait_and_what_they_need(desk: Desk) -> None:
    await desk.screening.hear(*(project_submitted(project_id=f"P000{number}") for number in (1, 2, 3)))
    await desk.prepare("approve", project_id="P0001")
    await desk.act("opinion", project_id="P0002")
    desk.screening.clock.step_to(desk.screening.clock() + timedelta(days=7))

    page = await desk.page()

    assert "Waiting 3 Overdue 3 Verdict prepared 1 Second opinion awaited 1" in page


async def test_the_queue_may_be_asked_by_reviewer_state_and_round(desk: Desk) -> None:
    await desk.screening.hear(
        project_submitted(project_id="P0001", title="Hana's own"),
        project_submitted(project_id="P0002", title="Nobody's yet"),
        project_submitted(project_id="P0003", title="Of another round", round_id="hilary-2027"),
    )
    await desk.act("assignment", {"reviewer": "hana"})
    await desk.screening.http.post("/reviews/P0003/revisions/1/verdict", json={"verdict": "approve"})

    mine = await desk.page(who="hana", whose="mine")
    assert "Hana's own" in mine
    assert "Nobody's yet" not in mine
    assert "Nobody's yet" in await desk.page(who="hana", whose="unassigned")
    assert "Of another round" in await desk.page(state="approved")
    assert "No project is like that" in await desk.page(state="approved", round_id="trinity-2027")


async def test_what_no_filter_knows_filters_nothing(desk: Desk) -> None:
    await desk.screening.hear(project_submitted())

    page = await desk.page(kind="?", whose="?", order="?", page="-1", state="open")

    assert "A small tool for river health" in page


async def test_an_empty_queue_says_what_comes_next(desk: Desk) -> None:
    assert "Nothing waits for a verdict What hosts submit appears here at once" in await desk.page()


async def test_what_a_host_wrote_is_text_and_never_markup(desk: Desk) -> None:
    await desk.screening.hear(project_submitted(title="<script>alert(1)</script>"))

    for path in ("", "/projects/P0001"):
        answer = await desk.browsers["quinn"].get(f"/staff/screening{path}")
        assert "<script>alert" not in answer.text
        assert "&lt;script&gt;alert" in answer.text
