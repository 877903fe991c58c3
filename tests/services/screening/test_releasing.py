"""Verdicts are prepared, which hosts do not see, and released together."""

import asyncio

import pytest

from shared.contracts.screening import ProjectApproved, ProjectDeclined, ProjectReturned
from tests.services.screening.reviewing import SCORES, SCREENING, ReviewPages, text_of
from tests.support.examples import host_registered, project_submitted, project_withdrawn
from tests.support.running import Start
from tests.support.visitors import browser, staff

THREE = ("P0001", "P0002", "P0003")


async def prepare_three(pages: ReviewPages) -> None:
    await pages.screening.receive(*(project_submitted(project_id=project_id) for project_id in THREE))
    await pages.prepare("approve", project_id="P0001")
    await pages.prepare("return", "Please name a supervisor.", project_id="P0002")
    await pages.prepare("decline", "It is not observable.", project_id="P0003")


async def test_a_prepared_verdict_is_not_published_and_leaves_the_review_open(pages: ReviewPages) -> None:
    await prepare_three(pages)
    await pages.screening.quiet()

    assert await pages.screening.published_types() == []
    reviews = (await pages.screening.http.get("/reviews")).json()
    assert {(review["state"], review["comments"]) for review in reviews} == {("open", "")}


async def test_the_preview_of_a_release_shows_what_would_be_sent_to_whom(pages: ReviewPages) -> None:
    await pages.screening.receive(host_registered())
    await prepare_three(pages)

    page = await pages.page("/release")

    assert "A mail to the contact of Brown & Brown Museum: the project is approved, for 2 places in week 9." in page
    assert "please correct the project and send it again. Please name a supervisor. Prepared by hana" in page
    assert "It is not observable." in page


async def test_all_chosen_verdicts_are_published_at_once(pages: ReviewPages) -> None:
    await prepare_three(pages)

    answer = await pages.release(*await pages.chosen())

    assert answer.status_code == 303
    assert "Released: 1 approved, 1 returned, 1 declined." in await pages.page("/release")
    assert [event.project_id for event in await pages.screening.published(ProjectApproved)] == ["P0001"]
    assert [event.comments for event in await pages.screening.published(ProjectReturned)] == [
        "Please name a supervisor."
    ]
    assert [event.comments for event in await pages.screening.published(ProjectDeclined)] == ["It is not observable."]
    published_at = await pages.screening.connection.fetch(
        "select distinct published_at from outbox where exchange = 'events'"
    )
    assert len(published_at) == 1, "in one unit of work"
    assert "Approved by quinn" in await pages.page("/projects/P0001")


async def test_what_is_not_chosen_stays_prepared(pages: ReviewPages) -> None:
    await prepare_three(pages)
    (first, *others) = await pages.chosen()

    await pages.release(first)

    assert await pages.screening.published_types() == ["ProjectApproved"]
    assert await pages.chosen() == others


async def test_the_verdicts_of_one_round_can_be_released_alone(pages: ReviewPages) -> None:
    await pages.screening.receive(project_submitted(), project_submitted(project_id="P0002", round_id="hilary-2027"))
    await pages.prepare("approve")
    await pages.prepare("approve", project_id="P0002")

    assert await pages.chosen(round_id="hilary-2027") == ["P0002/1/2"]


async def test_releasing_twice_publishes_each_verdict_once(pages: ReviewPages) -> None:
    await prepare_three(pages)
    chosen = await pages.chosen()

    await pages.release(*chosen)
    await pages.release(*chosen)

    assert len(await pages.screening.published_types()) == 3
    assert "Nothing was released. Left out: P0001, revision 1. Revision 1 was approved" in await pages.page("/release")


async def test_two_people_who_release_at_once_publish_each_verdict_once(start: Start) -> None:
    screening = await start("screening", replicas=2)
    await screening.receive(*(project_submitted(project_id=f"P{number:04}") for number in range(10)))
    async with (
        browser(screening.replicas[:1], staff(who="quinn")) as quinn,
        browser(screening.replicas[1:], staff(who="nia")) as nia,
    ):
        pages = ReviewPages(screening, {"quinn": quinn, "nia": nia})
        for number in range(10):
            await pages.prepare("approve", who="quinn", project_id=f"P{number:04}")
        chosen = await pages.chosen()

        answers = await asyncio.gather(
            *(pages.release(*order, who=who) for who in ("quinn", "nia") for order in (chosen, reversed(chosen)))
        )

    assert {answer.status_code for answer in answers} == {303}
    published = await screening.published(ProjectApproved)
    assert sorted(each.project_id for each in published) == [f"P{number:04}" for number in range(10)]


async def test_a_verdict_changed_since_it_was_looked_at_is_left_out(pages: ReviewPages) -> None:
    await pages.screening.receive(project_submitted())
    await pages.prepare("approve")
    chosen = await pages.chosen()
    await pages.prepare("decline", "It is not observable.", who="mateo")

    await pages.release(*chosen)

    assert await pages.screening.published_types() == []
    assert "mateo has changed the verdict since you looked." in await pages.page("/release")


async def test_preparing_the_same_verdict_again_changes_nothing(pages: ReviewPages) -> None:
    await pages.screening.receive(project_submitted())
    await pages.prepare("approve")
    chosen = await pages.chosen()
    await pages.prepare("approve", who="mateo")

    assert await pages.chosen() == chosen


async def test_what_is_superseded_or_withdrawn_meanwhile_is_left_out_and_named(pages: ReviewPages) -> None:
    await prepare_three(pages)
    chosen = await pages.chosen()
    await pages.screening.receive(
        project_submitted(project_id="P0001", revision=2), project_withdrawn(project_id="P0002")
    )

    shown = await pages.page("/release")
    assert "Revision 1 was superseded by a newer one" in shown
    assert "The host withdrew the project" in shown
    await pages.release(*chosen)

    assert await pages.screening.published_types() == ["ProjectDeclined"]
    page = await pages.page("/release")
    assert "Released: 1 declined. Left out: P0001, revision 1. Revision 1 was superseded by a newer one" in page
    assert "Left out: P0002, revision 1. The host withdrew the project" in page
    assert "What cannot be released" not in page, "what was overtaken is deleted"
    assert "Left out by quinn" in await pages.page("/projects/P0001", revision="1")


async def test_nothing_is_released_before_the_second_opinion_that_was_asked_for(pages: ReviewPages) -> None:
    await pages.screening.receive(project_submitted())
    await pages.prepare("approve", who="hana")
    chosen = await pages.chosen()
    await pages.act("opinion", who="hana")
    await pages.act("scores", SCORES, who="hana")

    await pages.release(*chosen)
    at_once = await pages.screening.http.post("/reviews/P0001/revisions/1/verdict", json={"verdict": "approve"})

    assert at_once.status_code == 409
    assert await pages.screening.published_types() == []
    assert "A second opinion was asked for." in await pages.page("/release")

    await pages.act("scores", SCORES, who="mateo")
    await pages.release(*chosen)
    assert await pages.screening.published_types() == ["ProjectApproved"]


async def test_a_verdict_given_at_once_replaces_the_prepared_one(pages: ReviewPages) -> None:
    await pages.screening.receive(project_submitted())
    await pages.prepare("decline", "It is not observable.")

    await pages.screening.http.post("/reviews/P0001/revisions/1/verdict", json={"verdict": "approve"})

    assert await pages.chosen() == []
    assert "What cannot be released" not in await pages.page("/release")
    assert "Approved by staff" in await pages.page("/projects/P0001")


@pytest.mark.parametrize("who", ["hana", "vera"])
async def test_only_staff_release(pages: ReviewPages, who: str) -> None:
    await prepare_three(pages)

    answer = await pages.release(*await pages.chosen(), who=who)

    assert answer.status_code == 403
    assert await pages.screening.published_types() == []
    assert "Release what is chosen" not in await pages.page("/release", who=who)


async def test_a_form_that_chooses_nothing_or_nonsense_releases_nothing(pages: ReviewPages) -> None:
    await prepare_three(pages)

    await pages.release()
    await pages.release("P0001", "P0001/1/x", "P9999/1/1")

    assert await pages.screening.published_types() == []
    assert len(await pages.chosen()) == 3


async def test_a_form_sent_from_another_site_releases_nothing(pages: ReviewPages) -> None:
    await prepare_three(pages)
    chosen = await pages.chosen()

    answer = await pages.browsers["quinn"].post(
        f"{SCREENING}/release", data={"chosen": chosen}, headers={"Origin": "https://elsewhere.example"}
    )

    assert answer.status_code == 403, text_of(answer)
    assert len(await pages.chosen()) == 3
