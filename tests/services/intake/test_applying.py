"""A student applies in the browser, reads what was sent, and takes it back."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from shared.contracts.intake import ApplicationReceived, ApplicationWithdrawn
from tests.services.intake.front_door import FrontDoor
from tests.services.intake.studying import STATEMENT, Studying, faults_in, words_of
from tests.support.intake import CLOSES, a_form, a_pdf, a_proposal, a_student_record
from tests.support.visitors import browser, student


@pytest.fixture
async def open_door(door: FrontDoor) -> FrontDoor:
    await door.open_applications("S00001", "S00002")
    await door.propose(project_id="P0002", title="Another one", days=2)
    await door.approve(a_proposal(project_id="P0002", title="Another one", days=2))
    return door


@pytest.fixture
async def studying(open_door: FrontDoor) -> AsyncIterator[Studying]:
    async with browser(open_door.intake.replicas, student("S00001")) as client:
        yield Studying(client, open_door.intake)


@pytest.fixture
async def another(open_door: FrontDoor) -> AsyncIterator[Studying]:
    async with browser(open_door.intake.replicas, student("S00002")) as client:
        yield Studying(client, open_door.intake)


async def test_an_application_from_our_pages_is_received_as_one_from_a_system_is(
    studying: Studying, open_door: FrontDoor
) -> None:
    answer = await studying.apply()
    (published,) = await open_door.intake.published(ApplicationReceived)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/student/forms/{published.application_id}"
    assert (published.student_id, published.project_id, published.round_id, published.preference) == (
        "S00001",
        "P0001",
        "trinity-2027",
        1,
    )
    source = await open_door.intake.connection.fetchval(
        "select source from submissions where id = $1", published.application_id
    )
    assert source == "pages"


async def test_what_was_sent_can_be_read_with_what_happens_next(studying: Studying, another: Studying) -> None:
    sent = (await studying.apply()).headers["location"]
    page = await studying.page(sent)
    for text in (STATEMENT, "noon BST on Monday 10 May 2027", "09:00 BST on Friday 21 May 2027", "Take it back"):
        assert text in page
    await another.open(sent, status=404)


async def test_two_clicks_are_one_application(studying: Studying, open_door: FrontDoor) -> None:
    form = await studying.form()
    answers = await asyncio.gather(*(studying.apply(form=form) for _ in range(2)))
    assert {answer.headers["location"] for answer in answers} == {f"/student/forms/{form['application_id']}"}
    assert len(await open_door.intake.published(ApplicationReceived)) == 1


async def test_two_windows_are_one_application(studying: Studying, open_door: FrontDoor) -> None:
    first, second = await studying.form(), await studying.form()
    await studying.apply(form=first)
    answer = await studying.apply(form=second)
    assert answer.headers["location"] == f"/student/forms/{first['application_id']}"
    assert len(await open_door.intake.published(ApplicationReceived)) == 1
    assert (await studying.open("/catalogue/P0001/application", status=303)).headers["location"].startswith("/student/")


async def test_a_refused_form_keeps_what_was_typed_and_the_cv(studying: Studying, open_door: FrontDoor) -> None:
    answer = await studying.apply(statement="word " * 301)
    assert answer.status_code == 422
    assert faults_in(answer) == ["The statement has 301 words: shorten it to at most 300."]
    assert "word word word" in answer.text
    (chosen,) = [row["document_id"] for row in await open_door.intake.connection.fetch("select * from documents")]
    assert f'value="{chosen}" checked' in answer.text
    assert (await studying.apply(cv=str(chosen))).status_code == 303
    assert (await open_door.intake.published(ApplicationReceived))[0].cv == chosen


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"cv": ""}, "Choose your CV: a PDF of one page."),
        ({"cv": "nonsense"}, "Choose your CV: a PDF of one page."),
        ({"cv": str(uuid4())}, "Choose your CV: a PDF of one page."),
        ({"statement": "  "}, "Say in at most 300 words why you would like to do this project."),
        ({"preference": ""}, "Choose a rank that none of your other applications has."),
        ({"preference": "7"}, "Choose a rank that none of your other applications has."),
    ],
)
async def test_what_is_missing_or_out_of_range_is_named(
    studying: Studying, open_door: FrontDoor, changes: Any, fault: str
) -> None:
    answer = await studying.apply(**changes)
    assert (answer.status_code, faults_in(answer)) == (422, [fault])
    assert await open_door.intake.published(ApplicationReceived) == []


async def test_the_fault_of_a_cv_is_shown_when_it_is_chosen(studying: Studying) -> None:
    async def choose(data: bytes) -> tuple[int, str]:
        answer = await studying.browser.post(
            "/catalogue/P0001/application/cv", files={"file": ("cv.pdf", data)}, headers={"HX-Request": "true"}
        )
        return answer.status_code, words_of(answer)

    status, text = await choose(a_pdf(2))
    assert (status, "The PDF has 2 pages: a CV has exactly one." in text) == (422, True)
    status, text = await choose(b"no PDF")
    assert (status, "This is not a PDF that can be read" in text) == (422, True)
    status, text = await choose(bytes(5_000_001))
    assert (status, "at most 5 MB" in text) == (422, True)
    status, text = await choose(a_pdf())
    assert (status, "Your CV is kept, has one page, and is chosen below." in text) == (200, True)


async def test_an_earlier_cv_can_be_sent_again_and_nobody_elses(
    studying: Studying, another: Studying, open_door: FrontDoor
) -> None:
    """An earlier CV may also have been sent by the careers portal."""
    cv = await open_door.send_cv()
    await open_door.intake.submit("careers-portal", a_form(cv=cv))
    assert str(cv) in (await studying.open("/catalogue/P0002/application")).text
    assert str(cv) not in (await another.open("/catalogue/P0002/application")).text
    assert faults_in(await another.apply("P0002", cv=str(cv))) == ["Choose your CV: a PDF of one page."]
    assert (await studying.apply("P0002", preference="2", cv=str(cv))).status_code == 303


async def test_a_rank_is_given_once(studying: Studying) -> None:
    await studying.apply()
    page = await studying.page("/catalogue/P0002/application")
    assert "My choice number 2" in page
    assert "My choice number 1" not in page
    assert (await studying.apply("P0002")).status_code == 422


async def test_days_that_overlap_are_shown_before_applying(studying: Studying) -> None:
    await studying.apply()
    assert "Its days overlap with “A small tool for river health”" in await studying.page("/catalogue/P0002")


async def test_visa_hours_are_shown_before_applying_and_to_the_student_alone(
    studying: Studying, another: Studying, open_door: FrontDoor
) -> None:
    form = await studying.form()
    await open_door.intake.submit("student-records", a_student_record(visa_weekly_hours=20.0))
    page = await studying.page("/catalogue/P0001")
    assert "Your visa lets you work 20 hours a week, unpaid work included, and this placement takes 37.5" in page
    assert "Apply for this project" not in page
    assert (await studying.open("/catalogue/P0001/application", status=303)).headers["location"] == "/catalogue/P0001"
    assert (await studying.apply(form=form)).status_code == 422
    assert "This placement takes 15 of them" in await studying.page("/catalogue/P0002")
    assert "visa" not in await another.page("/catalogue/P0001")


async def test_how_many_applications_are_left_is_shown_before_applying(
    studying: Studying, open_door: FrontDoor
) -> None:
    sent = (await studying.apply()).headers["location"]
    await studying.browser.post(f"{sent}/withdrawal", data={})
    assert "You have 1 of 2 applications left" in await studying.page("/catalogue/P0002")
    await studying.apply("P0002")
    assert "You have made the 2 applications that Trinity 2027 allows" in await studying.page("/catalogue/P0001")


async def test_a_form_that_was_open_at_the_close_is_refused(studying: Studying, open_door: FrontDoor) -> None:
    form = await studying.form()
    await open_door.intake.step_to(CLOSES)
    answer = await studying.apply(form=form)
    assert answer.status_code == 422
    assert "applications closed on 10 May 2027" in faults_in(answer)[0]
    assert STATEMENT in answer.text


async def test_nobody_applies_with_the_id_of_anothers_application(
    studying: Studying, another: Studying, open_door: FrontDoor
) -> None:
    await another.apply()
    (taken,) = await open_door.intake.published(ApplicationReceived)
    answer = await studying.apply(form={"application_id": taken.application_id})
    assert answer.status_code == 422
    assert (await studying.form())["application_id"] != taken.application_id
    assert len(await open_door.intake.published(ApplicationReceived)) == 1


async def test_an_application_is_taken_back_once_after_the_page_has_shown_what_ends(
    studying: Studying, another: Studying, open_door: FrontDoor
) -> None:
    sent = (await studying.apply()).headers["location"]
    assert "It still counts as one of your 2 applications in Trinity 2027." in await studying.page(f"{sent}/withdrawal")
    assert (await another.browser.post(f"{sent}/withdrawal", data={"reason": "Mine?"})).status_code == 404
    assert (await studying.browser.post(f"{sent}/withdrawal", data={"reason": "x" * 2001})).status_code == 422
    for _ in range(2):
        answer = await studying.browser.post(f"{sent}/withdrawal", data={"reason": "Ill."})
        assert answer.headers["location"] == sent
    (published,) = await open_door.intake.published(ApplicationWithdrawn)
    assert published.reason == "Ill."
    assert "Taken back" in await studying.page(sent)
    assert (await studying.open(f"{sent}/withdrawal", status=303)).headers["location"] == sent
