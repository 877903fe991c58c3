"""An application is answered before its CV is read; then the CV is checked, and the close waits for it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import httpx
import psutil
import pytest

from shared.contracts.intake import ApplicationReceived, ApplicationsClosed, SubmissionRefused
from tests.services.intake.front_door import FrontDoor
from tests.services.intake.studying import STATEMENT, Studying, words_of
from tests.support.intake import CLOSES, a_pdf, a_proposal, reads_documents
from tests.support.visitors import browser, student
from tests.support.waiting import until

HTMX = {"HX-Request": "true"}


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


@pytest.fixture
async def reader(open_door: FrontDoor) -> psutil.Process:
    """The program that reads documents, started."""
    await open_door.send_cv(b"no PDF")
    return next(child for child in psutil.Process().children() if reads_documents(child))


@contextmanager
def suspended(reader: psutil.Process) -> Iterator[None]:
    """Suspend the reader: no document is read while the block lasts."""
    reader.suspend()
    try:
        yield
    finally:
        reader.resume()


async def test_a_form_is_answered_before_its_cv_is_read_with_its_place_in_the_queue(
    studying: Studying, another: Studying, reader: psutil.Process
) -> None:
    with suspended(reader):
        first = (await studying.send()).headers["location"]
        second = (await another.send(file=a_pdf() + b"\n% another one")).headers["location"]
        assert "Your CV is being checked; none before yours." in await studying.page(first)
        assert "Your CV is being checked; 1 before yours." in await another.page(second)
        part = await another.browser.get(second, headers=HTMX)
        assert words_of(part) == "Your CV is being checked; 1 before yours."
        assert f'hx-get="{second}" hx-trigger="load delay:2s"' in part.text
        assert await studying.intake.published(ApplicationReceived) == []
    await studying.intake.quiet()
    assert len(await studying.intake.published(ApplicationReceived)) == 2
    assert "being checked" not in await another.page(second)
    assert (await another.browser.get(second, headers=HTMX)).headers["hx-refresh"] == "true"


async def test_the_fault_of_a_cv_is_shown_and_published_and_another_cv_can_be_sent(
    studying: Studying,
) -> None:
    sent = (await studying.apply(file=a_pdf(2))).headers["location"]
    (refused,) = await studying.intake.published(SubmissionRefused)
    assert (refused.kind, refused.student_id, refused.project_id) == ("application", "S00001", "P0001")
    assert [fault.field for fault in refused.faults] == ["cv"]
    page = await studying.page(sent)
    assert "The PDF has 2 pages: a CV has exactly one." in page
    assert "You can send it again before" in page
    form = await studying.page("/catalogue/P0001/application")
    assert STATEMENT in form
    assert "You have 2 of 2 applications left" in form
    again = (await studying.apply()).headers["location"]
    assert again != sent
    (received,) = await studying.intake.published(ApplicationReceived)
    assert again.endswith(received.application_id)
    assert "You cannot apply for this project any more." in await studying.page(sent)


async def test_applications_close_once_everything_that_was_sent_in_time_is_decided(
    studying: Studying, another: Studying, reader: psutil.Process
) -> None:
    intake = studying.intake
    with suspended(reader):
        await studying.send()
        await another.send(file=a_pdf(2))
        intake.clock.step_to(CLOSES)
        intake.replicas[0].relay.wake()
        await until(lambda: intake.connection.fetchval("select closing_at is not null from rounds"))
        assert await intake.published(ApplicationsClosed) == []
    await intake.quiet()
    assert [event.student_id for event in await intake.published(ApplicationReceived)] == ["S00001"]
    assert [event.student_id for event in await intake.published(SubmissionRefused)] == ["S00002"]
    (closed,) = await intake.published(ApplicationsClosed)
    assert closed.applications_received == 1


async def test_a_form_whose_upload_began_in_time_is_in_time(studying: Studying) -> None:
    """However long the upload takes, applications close after it."""
    intake, form = studying.intake, await studying.form()
    request = studying.browser.build_request(
        "POST",
        "/catalogue/P0001/application",
        data={**form, "preference": "1", "statement": STATEMENT},
        files={"file": ("cv.pdf", a_pdf())},
    )
    rest = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield request.read()[:100]
        await rest.wait()
        yield request.read()[100:]

    sending = asyncio.create_task(
        studying.browser.post(request.url, content=slowly(), headers={"Content-Type": request.headers["Content-Type"]})
    )
    await until(lambda: intake.connection.fetchval("select exists (select from arriving)"))
    intake.clock.step_to(CLOSES)
    intake.replicas[0].relay.wake()
    await until(lambda: intake.connection.fetchval("select exists (select from waiting where retry_at is not null)"))
    rest.set()
    assert (await sending).status_code == httpx.codes.SEE_OTHER

    async def have_closed() -> bool:
        return bool(await intake.published(ApplicationsClosed))

    await until(have_closed)
    assert len(await intake.published(ApplicationReceived)) == 1
    assert [event.applications_received for event in await intake.published(ApplicationsClosed)] == [1]


async def test_a_form_whose_upload_never_ends_keeps_no_round_open(studying: Studying) -> None:
    intake = studying.intake
    await intake.connection.execute(
        "insert into arriving (id, began_at, waited_for_until) values (gen_random_uuid(), $1, now())", intake.clock()
    )
    await intake.step_to(CLOSES)
    assert len(await intake.published(ApplicationsClosed)) == 1


async def test_a_form_sent_twice_while_it_is_checked_is_one_application(
    studying: Studying, reader: psutil.Process
) -> None:
    form = await studying.form()
    with suspended(reader):
        answers = [await studying.send(form=form), await studying.send(form=form), await studying.send(form={})]
        assert len({answer.headers["location"] for answer in answers}) == 1
        assert "You have 1 of 2 applications left" in await studying.page("/catalogue/P0002")
    await studying.intake.quiet()
    assert len(await studying.intake.published(ApplicationReceived)) == 1


async def test_an_application_is_decided_even_if_its_reader_dies(studying: Studying, reader: psutil.Process) -> None:
    with suspended(reader):
        await studying.send()
        reader.kill()

    async def is_received() -> bool:
        return bool(await studying.intake.published(ApplicationReceived))

    await until(is_received)


async def test_an_application_is_not_taken_back_while_it_is_checked(studying: Studying, reader: psutil.Process) -> None:
    with suspended(reader):
        application_id = (await studying.send()).headers["location"].rpartition("/")[2]
        answer = await studying.intake.http.post(f"/applications/{application_id}/withdrawal", json={})
        assert answer.status_code == httpx.codes.CONFLICT
    await studying.intake.quiet()
    answer = await studying.intake.http.post(f"/applications/{application_id}/withdrawal", json={})
    assert answer.json()["state"] == "withdrawn"
