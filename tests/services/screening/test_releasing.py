"""Verdicts are prepared unseen and released together."""

import asyncio

import pytest

from shared.contracts.screening import ProjectApproved, ProjectDeclined, ProjectReturned
from tests.support.desk import SCORES, SCREENING, Desk, text_of
from tests.support.examples import host_registered, project_submitted, project_withdrawn
from tests.support.running import Start
from tests.support.visitors import browser, staff

THREE = ("P0001", "P0002", "P0003")


async def prepare_three(desk: Desk) -> None:
    await desk.screening.hear(*(project_submitted(project_id=project_id) for project_id in THREE))
    await desk.prepare("approve", project_id="P0001")
    await desk.prepare("return", "Please name a supervisor.", project_id="P0002")
    await desk.prepare("decline", "It is not observable.", project_id="P0003")


async def test_a_prepared_verdict_says_nothing_and_leaves_the_review_open(desk: Desk) -> None:
    await prepare_three(desk)
    await desk.screening.quiet()

    assert await desk.screening.said_types() == []
    reviews = (await desk.screening.http.get("/reviews")).json()
    assert {(review["state"], review["comments"]) for review in reviews} == {("open", "")}


async def test_before_a_release_it_is_shown_what_would_be_sent_to_whom(desk: Desk) -> None:
    await desk.screening.hear(host_registered())
    await prepare_three(desk)

    page = await desk.page("/release")

    assert "A mail to the contact of Brown & Brown Museum: the project is approved, for 2 places in week 9." in page
    assert "please correct the project and send it again. Please name a supervisor. Prepared by hana" in page
    assert "It is not observable." in page


async def test_all_that_is_chosen_is_said_at_once(desk: Desk) -> None:
    await prepare_three(desk)

    answer = await desk.release(*await desk.chosen())

    assert answer.status_code == 303
    assert "Released: 1 approved, 1 returned, 1 declined." in await desk.page("/release")
    assert [said.project_id for said in await desk.screening.said(ProjectApproved)] == ["P0001"]
    assert [said.comments for said in await desk.screening.said(ProjectReturned)] == ["Please name a supervisor."]
    assert [said.comments for said in await desk.screening.said(ProjectDeclined)] == ["It is not observable."]
    said_at = await desk.screening.connection.fetch("select distinct said_at from outbox where exchange = 'events'")
    assert len(said_at) == 1, "in one unit of work"
    assert "Approved by quinn" in await desk.page("/projects/P0001")


async def test_what_is_not_chosen_stays_prepared(desk: Desk) -> None:
    await prepare_three(desk)
    (first, *others) = await desk.chosen()

    await desk.release(first)

    assert await desk.screening.said_types() == ["ProjectApproved"]
    assert await desk.chosen() == others


async def test_a_round_is_released_by_itself(desk: Desk) -> None:
    await desk.screening.hear(project_submitted(), project_submitted(project_id="P0002", round_id="hilary-2027"))
    await desk.prepare("approve")
    await desk.prepare("approve", project_id="P0002")

    assert await desk.chosen(round_id="hilary-2027") == ["P0002/1/2"]


async def test_releasing_twice_says_nothing_twice(desk: Desk) -> None:
    await prepare_three(desk)
    chosen = await desk.chosen()

    await desk.release(*chosen)
    await desk.release(*chosen)

    assert len(await desk.screening.said_types()) == 3
    assert "Nothing was released. Left out: P0001, revision 1. Revision 1 was approved" in await desk.page("/release")


async def test_two_who_release_at_once_say_each_verdict_once(start: Start) -> None:
    screening = await start("screening", replicas=2)
    await screening.hear(*(project_submitted(project_id=f"P{number:04}") for number in range(10)))
    async with (
        browser(screening.replicas[:1], staff(who="quinn")) as quinn,
        browser(screening.replicas[1:], staff(who="nia")) as nia,
    ):
        desk = Desk(screening, {"quinn": quinn, "nia": nia})
        for number in range(10):
            await desk.prepare("approve", who="quinn", project_id=f"P{number:04}")
        chosen = await desk.chosen()

        answers = await asyncio.gather(
            *(desk.release(*order, who=who) for who in ("quinn", "nia") for order in (chosen, reversed(chosen)))
        )

    assert {answer.status_code for answer in answers} == {303}
    said = await screening.said(ProjectApproved)
    assert sorted(each.project_id for each in said) == [f"P{number:04}" for number in range(10)]


async def test_a_verdict_changed_since_it_was_looked_at_is_left_out(desk: Desk) -> None:
    await desk.screening.hear(project_submitted())
    await desk.prepare("approve")
    chosen = await desk.chosen()
    await desk.prepare("decline", "It is not observable.", who="mateo")

    await desk.release(*chosen)

    assert await desk.screening.said_types() == []
    assert "mateo has changed the verdict since you looked." in await desk.page("/release")


async def test_a_verdict_prepared_again_as_it_was_is_the_same_one(desk: Desk) -> None:
    await desk.screening.hear(project_submitted())
    await desk.prepare("approve")
    chosen = await desk.chosen()
    await desk.prepare("approve", who="mateo")

    assert await desk.chosen() == chosen


async def test_what_is_superseded_or_withdrawn_meanwhile_is_left_out_and_said_so(desk: Desk) -> None:
    await prepare_three(desk)
    chosen = await desk.chosen()
    await desk.screening.hear(project_submitted(project_id="P0001", revision=2), project_withdrawn(project_id="P0002"))

    shown = await desk.page("/release")
    assert "Revision 1 was superseded by a newer one" in shown
    assert "The host withdrew the project" in shown
    await desk.release(*chosen)

    assert await desk.screening.said_types() == ["ProjectDeclined"]
    page = await desk.page("/release")
    assert "Released: 1 declined. Left out: P0001, revision 1. Revision 1 was superseded by a newer one" in page
    assert "Left out: P0002, revision 1. The host withdrew the project" in page
    assert "What does not go" not in page, "what was overtaken is put away"
    assert "Left out by quinn" in await desk.page("/projects/P0001", revision="1")


async def test_nothing_is_released_before_the_second_opinion_that_was_asked_for(desk: Desk) -> None:
    await desk.screening.hear(project_submitted())
    await desk.prepare("approve", who="hana")
    chosen = await desk.chosen()
    await desk.act("opinion", who="hana")
    await desk.act("scores", SCORES, who="hana")

    await desk.release(*chosen)
    at_once = await desk.screening.http.post("/reviews/P0001/revisions/1/verdict", json={"verdict": "approve"})

    assert at_once.status_code == 409
    assert await desk.screening.said_types() == []
    assert "A second opinion was asked for." in await desk.page("/release")

    await desk.act("scores", SCORES, who="mateo")
    await desk.release(*chosen)
    assert await desk.screening.said_types() == ["ProjectApproved"]


async def test_a_verdict_given_at_once_takes_the_place_of_what_was_prepared(desk: Desk) -> None:
    await desk.screening.hear(project_submitted())
    await desk.prepare("decline", "It is not observable.")

    await desk.screening.http.post("/reviews/P0001/revisions/1/verdict", json={"verdict": "approve"})

    assert await desk.chosen() == []
    assert "What does not go" not in await desk.page("/release")
    assert "Approved by staff" in await desk.page("/projects/P0001")


@pytest.mark.parametrize("who", ["hana", "vera"])
async def test_only_staff_release(desk: Desk, who: str) -> None:
    await prepare_three(desk)

    answer = await desk.release(*await desk.chosen(), who=who)

    assert answer.status_code == 403
    assert await desk.screening.said_types() == []
    assert "Release what is chosen" not in await desk.page("/release", who=who)


async def test_a_form_that_chooses_nothing_or_nonsense_releases_nothing(desk: Desk) -> None:
    await prepare_three(desk)

    await desk.release()
    await desk.release("P0001", "P0001/1/x", "P9999/1/1")

    assert await desk.screening.said_types() == []
    assert len(await desk.chosen()) == 3


async def test_a_form_sent_from_another_site_releases_nothing(desk: Desk) -> None:
    await prepare_three(desk)
    chosen = await desk.chosen()

    answer = await desk.browsers["quinn"].post(
        f"{SCREENING}/release", data={"chosen": chosen}, headers={"Origin": "https://elsewhere.example"}
    )

    assert answer.status_code == 403, text_of(answer)
    assert len(await desk.chosen()) == 3
