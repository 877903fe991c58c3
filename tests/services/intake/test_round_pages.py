"""The pages of rounds, as staff see them in a browser."""

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta

import httpx
import pytest

from services.intake.rules.calendar_form import as_typed
from services.intake.rules.rounds import Round
from services.intake.rules.terms import monday_of, placement_week
from shared.contracts.intake import RoundScheduled
from shared.web import Role
from tests.services.intake.front_door import FrontDoor
from tests.support.intake import CLOSES, a_calendar, a_round
from tests.support.visitors import browser, staff

TRINITY, MICHAELMAS = date(2027, 4, 25), date(2027, 10, 10)
WEEKS = [placement_week(number, monday_of(number, TRINITY)) for number in (9, 10)]
FIRST = a_round(weeks=WEEKS)


@pytest.fixture
async def staff_browser(door: FrontDoor) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(door.intake.replicas, staff(Role.STAFF)) as client:
        yield client


def typed(round_: Round = FIRST, /, **changes: str) -> dict[str, str]:
    """A round's calendar as the form sends it."""
    form = as_typed(round_)
    weeks = {
        f"weeks.{place}.{name}": value
        for place, week in enumerate(form.weeks)
        for name, value in zip(("week", "starts_on"), week, strict=True)
    }
    return {**form.fields, **weeks, "do": "save", **changes}


def faults_on(page: httpx.Response) -> list[str]:
    """The fields at fault, by the links of the summary."""
    summary = page.text.partition('id="faults"')[2].partition("</ul>")[0]
    return re.findall(r'href="#([\w.]+)"', summary)


def value_of(page: httpx.Response, name: str) -> str:
    found = re.search(rf'<input id="{re.escape(name)}"[^>]* value="([^"]*)"', page.text)
    assert found, name
    return found[1]


async def test_a_round_can_be_set_by_the_form(staff_browser: httpx.AsyncClient, door: FrontDoor) -> None:
    answer = await staff_browser.post("/staff/rounds/new", data=typed())
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/rounds/trinity-2027")
    (published,) = await door.intake.published(RoundScheduled)
    assert published.closes_at == CLOSES
    assert published.weeks == WEEKS
    assert "Trinity 2027 is set." in (await staff_browser.get("/staff/rounds/trinity-2027")).text


async def test_a_form_at_fault_is_shown_again_with_what_was_typed(
    staff_browser: httpx.AsyncClient, door: FrontDoor
) -> None:
    changes = {"name": "<b>Trinity</b>", "closes_at": "2027-04-01T12:00", "offers_at": "soon", "reply_within_days": ""}
    answer = await staff_browser.post("/staff/rounds/new", data=typed(**changes))
    assert answer.status_code == 422
    assert faults_on(answer) == ["offers_at", "reply_within_days"]
    assert "<b>Trinity" not in answer.text
    assert value_of(answer, "closes_at") == "2027-04-01T12:00"

    answer = await staff_browser.post("/staff/rounds/new", data=typed(closes_at="2027-04-01T12:00"))
    assert faults_on(answer) == ["closes_at"]
    assert await door.intake.published(RoundScheduled) == []


async def test_the_mondays_are_worked_out_from_the_terms_first_day(staff_browser: httpx.AsyncClient) -> None:
    blank = {"weeks.0.starts_on": "", "weeks.1.starts_on": ""}
    answer = await staff_browser.post("/staff/rounds/new", data=typed(**blank, do="weeks"))
    assert (answer.status_code, value_of(answer, "weeks.0.starts_on")) == (200, "2027-06-21")
    assert value_of(answer, "weeks.1.starts_on") == "2027-06-28"
    assert (await staff_browser.post("/staff/rounds/new", data=typed(**blank))).status_code == 303


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"term_begins_on": "2027-04-26"}, ["term_begins_on"]),
        ({"weeks.0.starts_on": "2027-06-14"}, ["weeks"]),
        ({"term_begins_on": "", "weeks.1.starts_on": "2027-07-05"}, ["weeks"]),
        ({"term_begins_on": "", "weeks.1.starts_on": ""}, ["weeks"]),
        ({"weeks.1.week": "tenth"}, ["weeks"]),
    ],
)
async def test_weeks_that_do_not_match_the_term_are_named(
    changes: dict[str, str], fields: list[str], staff_browser: httpx.AsyncClient
) -> None:
    answer = await staff_browser.post("/staff/rounds/new", data=typed(**changes))
    assert (answer.status_code, faults_on(answer)) == (422, fields)


async def test_a_row_that_is_left_empty_is_not_a_week(staff_browser: httpx.AsyncClient, door: FrontDoor) -> None:
    await staff_browser.post("/staff/rounds/new", data=typed(**{"weeks.1.week": "", "weeks.1.starts_on": ""}))
    (published,) = await door.intake.published(RoundScheduled)
    assert published.weeks == WEEKS[:1]


async def test_a_round_is_copied_into_another_term(staff_browser: httpx.AsyncClient, door: FrontDoor) -> None:
    await door.schedule(weeks=WEEKS)
    answer = await staff_browser.get(
        "/staff/rounds/new", params={"from": "trinity-2027", "begins_on": MICHAELMAS.isoformat()}
    )
    assert value_of(answer, "name") == "Michaelmas 2027"
    assert value_of(answer, "closes_at") == "2027-10-25T12:00"  # noon on a Monday, as in May
    assert value_of(answer, "weeks.0.starts_on") == "2027-12-06"

    answer = await staff_browser.get("/staff/rounds/new", params={"from": "trinity-2027", "begins_on": "2027-10-11"})
    assert "A term begins on the Sunday" in answer.text
    assert (await staff_browser.get("/staff/rounds/new", params={"from": "unknown"})).status_code == 404


async def test_a_round_in_the_same_weeks_is_refused_and_the_other_round_is_named(
    staff_browser: httpx.AsyncClient, door: FrontDoor
) -> None:
    await door.schedule(weeks=WEEKS)
    answer = await staff_browser.post("/staff/rounds/new", data=typed(name="Another"))
    assert faults_on(answer) == ["opens_at", "weeks", "weeks"]
    assert "This is week 9 of Trinity 2027" in answer.text


async def test_a_round_that_is_sent_twice_is_one_round(staff_browser: httpx.AsyncClient, door: FrontDoor) -> None:
    await door.schedule(weeks=WEEKS)
    answer = await staff_browser.post("/staff/rounds/new", data=typed())
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/rounds/trinity-2027")
    assert len(await door.intake.published(RoundScheduled)) == 1


async def test_a_change_is_shown_before_it_is_made(staff_browser: httpx.AsyncClient, door: FrontDoor) -> None:
    await door.schedule(weeks=WEEKS)
    path = "/staff/rounds/trinity-2027/calendar"
    preview = await staff_browser.post(path, data=typed(closes_at="2027-05-11T12:00", do="preview"))
    assert preview.status_code == 200
    assert "noon BST on Monday 10 May 2027 to noon BST on Tuesday 11 May 2027" in preview.text
    assert len(await door.intake.published(RoundScheduled)) == 1

    answer = await staff_browser.post(path, data=typed(closes_at="2027-05-11T12:00"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/rounds/trinity-2027")
    assert (await door.intake.published(RoundScheduled))[-1].closes_at == CLOSES + timedelta(days=1)
    assert "became noon BST on Tuesday 11 May 2027" in (await staff_browser.get("/staff/rounds/trinity-2027")).text


async def test_a_moment_that_is_left_as_it_was_is_not_changed(
    staff_browser: httpx.AsyncClient, door: FrontDoor
) -> None:
    """In the night of 31 October the same local time comes twice: the form must not choose the other one."""
    calendar = a_calendar(weeks=[placement_week(9, monday_of(9, MICHAELMAS))], name="Michaelmas 2027")
    moved = {"opens_at": "2027-10-31T01:30:00+00:00", "closes_at": "2027-11-01T12:00:00+00:00"}
    moved |= {"rankings_due_at": "2027-11-05T12:00:00+00:00", "offers_at": "2027-11-06T12:00:00+00:00"}
    await door.intake.http.post("/rounds", json=calendar.model_dump(mode="json") | moved)
    current = Round(**(await door.intake.http.get("/rounds/michaelmas-2027")).json())

    await staff_browser.post(
        "/staff/rounds/michaelmas-2027/calendar", data=typed(current, applications_per_student="3")
    )

    published = (await door.intake.published(RoundScheduled))[-1]
    assert (published.round_version, published.applications_per_student, published.opens_at) == (2, 3, current.opens_at)


async def test_a_second_round_is_set_from_its_firsts_page(staff_browser: httpx.AsyncClient, door: FrontDoor) -> None:
    await door.schedule(weeks=WEEKS)
    assert "follows=trinity-2027" in (await staff_browser.get("/staff/rounds/trinity-2027")).text
    path = "/staff/rounds/new?follows=trinity-2027"
    form = await staff_browser.get(path)
    names = ("name", "opens_at", "closes_at", "rankings_due_at", "offers_at", "reply_within_days")
    suggested = {name: value_of(form, name) for name in (*names, "applications_per_student")}

    early = await staff_browser.post(path, data=suggested | {"opens_at": "2027-05-22T09:00"})
    assert (early.status_code, faults_on(early)) == (422, ["opens_at"])
    answer = await staff_browser.post(path, data=suggested)
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/rounds/trinity-2027.2")
    assert (await door.intake.published(RoundScheduled))[-1].weeks == WEEKS
    assert "/staff/rounds/trinity-2027.2" in (await staff_browser.get("/staff/rounds/trinity-2027")).text
    assert (await staff_browser.get("/staff/rounds/trinity-2027.2/calendar")).status_code == 200
    assert "Second round" in (await staff_browser.get("/staff/rounds")).text


async def test_a_viewer_reads_and_changes_nothing(staff_browser: httpx.AsyncClient, door: FrontDoor) -> None:
    empty = await staff_browser.get("/staff/rounds")
    assert "No round is set" in empty.text
    await door.schedule(weeks=WEEKS)
    async with browser(door.intake.replicas, staff(Role.VIEWER)) as viewer:
        assert "Trinity 2027" in (await viewer.get("/staff/rounds")).text
        page = await viewer.get("/staff/rounds/trinity-2027")
        assert (page.status_code, "Change the calendar" in page.text) == (200, False)
        assert (await viewer.get("/staff/rounds/new")).status_code == 403
        assert (await viewer.post("/staff/rounds/trinity-2027/calendar", data=typed())).status_code == 403
