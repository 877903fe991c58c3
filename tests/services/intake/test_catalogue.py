"""What students find in the catalogue, and how."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from shared.contracts.matching import PlacesLeft, ProjectPlaces
from shared.contracts.submissions import ProjectWithdrawal
from shared.web.callers import Purpose, Role
from tests.services.intake.front_door import FrontDoor
from tests.services.intake.studying import Studying, words_of
from tests.support.intake import CLOSES, OPENS, a_calendar, a_host_record, a_proposal
from tests.support.visitors import browser, host, staff, student

BANK = {"host_id": "H0002", "organisation": "Nobody & Co", "sector": "Finance", "city": "London", "size": "large"}
PROJECTS = (
    {"title": "A small tool for river health", "disciplines": ["Humanities"]},
    {
        "project_id": "P0002",
        "title": "Measuring what a river carries",
        "mode": "remote",
        "days": 2,
        "disciplines": ["any"],
        "tasks": ["Read the gauges"],
        "skills": ["statistics"],
        "scope": "Numbers that nobody has looked at, of health & <b>safety</b>.",
    },
    {
        "project_id": "P0003",
        "host_id": "H0002",
        "title": "Explaining loans",
        "category": "educational writing",
        "scope": "Write what a student of rivers of money can read.",
        "skills": ["writing"],
        "disciplines": ["Medical Sciences"],
        "tasks": ["Ask three people"],
    },
)


@pytest.fixture
async def open_door(door: FrontDoor) -> FrontDoor:
    """Three open_door projects of two hosts, at the opening of applications."""
    await door.schedule()
    await door.register("S00001")
    await door.intake.submit("customer-relations", a_host_record(**BANK))
    for facts in PROJECTS:
        await door.propose(**facts)
        await door.approve(a_proposal(**facts))
    door.intake.clock.step_to(OPENS)
    return door


@pytest.fixture
async def studying(open_door: FrontDoor) -> AsyncIterator[Studying]:
    async with browser(open_door.intake.replicas, student("S00001")) as client:
        yield Studying(client, open_door.intake)


async def test_the_catalogue_lists_what_is_approved(studying: Studying, open_door: FrontDoor) -> None:
    await open_door.propose(project_id="P0004", title="Not looked at yet")
    await open_door.intake.submit("customer-relations", ProjectWithdrawal(project_id="P0003"))
    assert sorted(await studying.titles("/catalogue")) == [PROJECTS[0]["title"], PROJECTS[1]["title"]]
    assert "In Trinity 2027 you may apply for 2 projects. Apply before noon BST on Monday 10 May 2027" in (
        await studying.page("/catalogue")
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("rivers", ["P0001", "P0002", "P0003"]),
        ("Explaining", ["P0003"]),
        ("gauges", ["P0002"]),
        ("river -tool", ["P0002", "P0003"]),
        ('"river health"', ["P0001"]),
        ("co nobody", ["P0003"]),
        ("explain loa", ["P0003"]),
        ("the", ["P0001", "P0002", "P0003"]),
        ("'", ["P0001", "P0002", "P0003"]),
        ("a:* & | !( <-> \\", ["P0001", "P0002", "P0003"]),
        ("unheard of", []),
    ],
)
async def test_words_are_found_by_their_stems_and_as_they_are_typed(
    studying: Studying, query: str, found: list[str]
) -> None:
    page = await studying.open(f"/catalogue?order=title&q={query.replace('&', '%26').replace(' ', '+')}")
    assert sorted(project for project in ("P0001", "P0002", "P0003") if f"/catalogue/{project}" in page.text) == found


async def test_the_title_weighs_more_than_the_scope(studying: Studying) -> None:
    titles = await studying.titles("/catalogue?q=river")
    assert titles[-1] == "Explaining loans"


async def test_what_was_searched_for_is_marked_and_what_a_host_wrote_is_no_markup(studying: Studying) -> None:
    page = (await studying.open("/catalogue?q=safety")).text
    assert "<mark>safety</mark>" in page
    assert "<b>" not in page
    assert "&lt;b&gt;safety&lt;/b&gt;" in (await studying.open("/catalogue/P0002")).text


async def test_filters_combine_and_count_what_each_value_would_leave(studying: Studying) -> None:
    counts = await studying.counts("/catalogue?mode=in+person")
    assert counts["mode: in person"] == 2
    assert counts["mode: remote"] == 1
    assert counts["sector: Heritage and museums"] == 1
    assert counts["sector: Finance"] == 1
    both = await studying.counts("/catalogue?mode=in+person&sector=Finance")
    assert (both["sector: Heritage and museums"], both["mode: in person"]) == (1, 1)
    assert "mode: remote" not in both
    assert await studying.titles("/catalogue?mode=in+person&sector=Finance") == ["Explaining loans"]
    assert len(await studying.titles("/catalogue?mode=in+person&mode=remote")) == 3


async def test_a_project_for_any_discipline_is_one_for_each(studying: Studying) -> None:
    assert sorted(await studying.titles("/catalogue?discipline=Humanities")) == [
        "A small tool for river health",
        "Measuring what a river carries",
    ]
    counts = await studying.counts("/catalogue")
    assert {name: count for name, count in counts.items() if name.startswith("discipline")} == {
        "discipline: Humanities": 2,
        "discipline: Medical Sciences": 2,
    }


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("size=large", 1),
        ("place=Oxford", 2),
        ("week=9", 3),
        ("week=10", 0),
        ("category=educational+writing", 1),
        ("order=nonsense&page=-3&page=x&sector=", 3),
        ("page=99", 0),
        ("q=%00&sector=%00", 3),
    ],
)
async def test_what_makes_no_sense_is_left_out_of_a_search(studying: Studying, query: str, titles: int) -> None:
    assert len(await studying.titles(f"/catalogue?{query}")) == titles


async def test_a_search_that_finds_nothing_suggests_what_to_do(studying: Studying) -> None:
    assert "No project is like that Search for fewer words" in await studying.page("/catalogue?q=unheard")


async def test_the_address_of_a_search_has_no_empty_fields(studying: Studying) -> None:
    answer = await studying.open("/catalogue?q=river&sector=Finance&week=&order=best&page=2")
    assert answer.headers["hx-push-url"] == "/catalogue?q=river&sector=Finance"


async def test_projects_are_found_by_the_present_facts_of_their_host(studying: Studying, open_door: FrontDoor) -> None:
    await open_door.intake.submit(
        "customer-relations", a_host_record(**BANK | {"organisation": "Somebody", "sector": "Law"})
    )
    assert await studying.titles("/catalogue?q=somebody&sector=Law") == ["Explaining loans"]
    assert await studying.titles("/catalogue?q=nobody+co&sector=Finance") == []


async def test_before_the_opening_the_catalogue_shows_when_it_opens(studying: Studying, open_door: FrontDoor) -> None:
    await open_door.change(opens_at=OPENS + timedelta(days=2))
    assert await studying.titles("/catalogue") == []
    assert "Trinity 2027 opens at 09:00 BST on Friday 23 April 2027 (2 days to go)" in await studying.page("/catalogue")
    await studying.open("/catalogue/P0001", status=404)


async def test_after_the_close_projects_can_be_read_but_not_applied_for(
    studying: Studying, open_door: FrontDoor
) -> None:
    await open_door.intake.step_to(CLOSES)
    assert "For Trinity 2027, applications closed at noon BST" in await studying.page("/catalogue")
    assert len(await studying.titles("/catalogue")) == 3
    assert "applications closed on 10 May 2027" in await studying.page("/catalogue/P0001")
    await open_door.intake.step_to(CLOSES + timedelta(days=60))
    assert "The dates of the next round will be shown here." in await studying.page("/catalogue")


async def test_a_second_round_lists_what_the_first_has_left(studying: Studying, open_door: FrontDoor) -> None:
    first = a_calendar()
    second = {
        "name": "Trinity 2027, second round",
        "follows": "trinity-2027",
        "opens_at": first.offers_at + timedelta(days=3),
        "closes_at": first.offers_at + timedelta(days=8),
        "rankings_due_at": first.offers_at + timedelta(days=11),
        "offers_at": first.offers_at + timedelta(days=12),
        "applications_per_student": 1,
    }
    assert (await open_door.schedule(**second)).status_code == 201
    await open_door.intake.step_to(first.offers_at + timedelta(days=3))
    await open_door.intake.receive(
        PlacesLeft(round_id="trinity-2027", projects=[ProjectPlaces(project_id="P0002", places=1)])
    )
    assert await studying.titles("/catalogue") == ["Measuring what a river carries"]
    assert "1 place" in await studying.page("/catalogue")
    assert "You have 1 of 1 application left in Trinity 2027, second round." in await studying.page("/catalogue/P0002")
    assert "no place left" in await studying.page("/catalogue/P0001")
    assert (await studying.apply("P0002")).status_code == 303


async def test_a_projects_page_has_what_a_student_wants_and_nobodys_address(studying: Studying) -> None:
    page = await studying.page("/catalogue/P0001")
    for text in (
        "A small tool for river health",
        "Agree the inputs and outputs",
        "Working code with tests",
        "Hana Brown supervises you.",
        "Monday 21 to Friday 25 June 2027",
        "37.5 in all, between 09:00 and 17:30",
        "Local travel and a reasonable lunch",
        "Meant for students of Humanities; others may apply too.",
        "You have 2 of 2 applications left in Trinity 2027.",
        "Archivists, conservators and curators SOC 2472",
        "Arts, entertainment and recreation (SIC section R)",
    ):
        assert text in page
    assert "hana@museum.example" not in page


async def test_similar_projects_are_the_most_alike(studying: Studying) -> None:
    assert (await studying.titles("/catalogue/P0001"))[0] == "Measuring what a river carries"


async def test_sectors_lead_to_careers_and_an_unknown_one_still_has_a_page(
    studying: Studying, open_door: FrontDoor
) -> None:
    assert "Finance" in await studying.page("/catalogue/sectors")
    assert "Finance and investment analysts and advisers 2422" in await studying.page("/catalogue/sectors/finance")
    assert await studying.titles("/catalogue/sectors/finance") == ["Explaining loans"]
    await open_door.intake.submit("customer-relations", a_host_record(**BANK | {"sector": "Space & time"}))
    assert await studying.titles("/catalogue/sectors/space-time") == ["Explaining loans"]
    await studying.open("/catalogue/sectors/nowhere", status=404)


@pytest.mark.parametrize(
    ("session", "status"),
    [
        (staff(Role.VIEWER), 200),
        (staff(Role.STAFF), 200),
        (host("H0001"), 403),
        (student("S00001", Purpose.SURVEY), 403),
        (None, 401),
    ],
    ids=["viewer", "staff", "host", "survey link", "nobody"],
)
async def test_the_catalogue_is_for_students_and_staff(open_door: FrontDoor, session: object, status: int) -> None:
    async with browser(open_door.intake.replicas, session) as client:  # type: ignore[arg-type]
        for path in ("/catalogue", "/catalogue/P0001", "/catalogue/sectors"):
            answer = await client.get(path)
            assert answer.status_code == status
            assert "Apply for this project" not in words_of(answer)


async def test_a_thousand_projects_are_shown_a_page_at_a_time(studying: Studying, open_door: FrontDoor) -> None:
    await open_door.intake.connection.execute(
        """
        insert into projects select 'X' || n, round_id, host_id, revision, state
        from projects, generate_series(1, 1000) as n where project_id = 'P0001';
        insert into project_revisions select 'X' || n, revision, template, sent_at, received_at
        from project_revisions, generate_series(1, 1000) as n where project_id = 'P0001';
        insert into catalogue select * from catalogue_entries where project_id like 'X%';
        """
    )
    assert "Page 2 of 42" in await studying.page("/catalogue?page=2")
