from datetime import datetime, timedelta
from typing import Any

import pytest

from services.intake.rules.catalogue import MARK, Card, Choice, Found, Order, Search, may_see, parts, season
from services.intake.rules.projects import Project, ProjectState
from services.intake.rules.rounds import Round, ends_at
from tests.support.intake import CLOSES, OPENS, a_round, a_template

SMALLEST = timedelta(microseconds=1)
END = ends_at(a_round())
HILARY = a_round(round_id="hilary-2028", opens_at=END + timedelta(days=200), closes_at=END + timedelta(days=220))
SECOND = a_round(
    round_id="trinity-2027.2",
    follows="trinity-2027",
    opens_at=CLOSES + timedelta(days=14),
    closes_at=CLOSES + timedelta(days=19),
)
OPENED, MARKED = MARK


def test_a_round_ends_with_its_last_placement_week_in_local_time() -> None:
    assert datetime.fromisoformat("2027-06-26T00:00:00+01:00") == END


@pytest.mark.parametrize(
    ("now", "listed", "is_open", "following"),
    [
        (OPENS - SMALLEST, [], False, "trinity-2027"),
        (OPENS, ["trinity-2027"], True, "trinity-2027.2"),
        (CLOSES - SMALLEST, ["trinity-2027"], True, "trinity-2027.2"),
        (CLOSES, ["trinity-2027"], False, "trinity-2027.2"),
        (SECOND.opens_at, ["trinity-2027.2"], True, "hilary-2028"),
        (SECOND.closes_at, ["trinity-2027", "trinity-2027.2"], False, "hilary-2028"),
        (END - SMALLEST, ["trinity-2027", "trinity-2027.2"], False, "hilary-2028"),
        (END, [], False, "hilary-2028"),
    ],
)
def test_open_rounds_are_listed_else_those_that_have_closed_until_their_end(
    now: datetime, listed: list[str], is_open: bool, following: str
) -> None:
    shown = season([HILARY, SECOND, a_round()], now)
    assert [each.round_id for each in shown.listed] == listed
    assert (shown.open, shown.next and shown.next.round_id) == (is_open, following)


def test_a_round_that_closed_takes_no_applications_whatever_its_calendar_says() -> None:
    assert not season([a_round(applications_closed_at=OPENS)], OPENS).open


def test_a_second_round_lists_what_the_first_has_left() -> None:
    shown = season([SECOND, a_round()], SECOND.opens_at)
    assert (shown.first_rounds, shown.rounds_with_places_left) == ([], ["trinity-2027"])


@pytest.mark.parametrize(
    ("state", "now", "applied", "seen"),
    [
        (ProjectState.APPROVED, OPENS, False, True),
        (ProjectState.APPROVED, OPENS - SMALLEST, False, False),
        (ProjectState.UNDER_REVIEW, OPENS, False, False),
        (ProjectState.WITHDRAWN, OPENS, False, False),
        (ProjectState.WITHDRAWN, OPENS, True, True),
    ],
)
def test_a_student_sees_what_is_approved_once_its_round_has_opened(
    state: ProjectState, now: datetime, applied: bool, seen: bool
) -> None:
    facts: dict[str, Any] = {"project_id": "P0001", "round_id": "trinity-2027", "host_id": "H0001", "revision": 1}
    round_: Round = a_round()
    assert may_see(Project(**facts, state=state, template=a_template()), round_, now, applied=applied) == seen


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", [("plain", False)]),
        (f"a {OPENED}b{MARKED} c", [("a ", False), ("b", True), (" c", False)]),
        (f"{OPENED}b{MARKED}", [("b", True)]),
        (f"a{MARKED}b{OPENED}c", [("ab", False), ("c", False)]),
        ("", []),
    ],
)
def test_a_marked_text_is_split_whatever_a_host_wrote(text: str, expected: list[tuple[str, bool]]) -> None:
    assert parts(text) == expected


def test_values_that_make_no_sense_are_left_out_of_a_search() -> None:
    assert Search.model_validate({"q": "  a\0 b ", "order": "?", "page": "-1", "sector": [""]}) == Search(
        q="a b", sector=[""]
    )
    assert Search(page="99999999").page == 1
    assert not Search(sector=["", "\0"]).is_narrow


def test_addresses_have_only_what_is_searched_for() -> None:
    search = Search(q="river & co", sector=["Law", "Finance"], order=Order.TITLE, page=3)
    assert search.address() == "/catalogue?q=river+%26+co&sector=Law&sector=Finance&order=title"
    assert search.without("sector", "Law") == "/catalogue?q=river+%26+co&sector=Finance&order=title"
    assert Search().address_of_pages + "2" == "/catalogue?page=2"
    assert Search(q="x").address_of_pages + "2" == "/catalogue?q=x&page=2"


def test_weeks_are_in_the_order_of_their_numbers_and_what_was_chosen_stays() -> None:
    found = Found(
        total=2,
        cards=[],
        choices=[Choice(filter="week", value=week, count=1) for week in ("10", "9")],
    )
    assert [choice.label for choice in found.choices_of("week", ["11"])] == ["Week 9", "Week 10", "Week 11"]
    assert [choice.count for choice in found.choices_of("week", ["11"])] == [1, 1, 0]


@pytest.mark.parametrize(("total", "pages"), [(0, 1), (24, 1), (25, 2), (1_000, 42)])
def test_a_page_has_so_many_projects(total: int, pages: int) -> None:
    assert Found(total=total, cards=[], choices=[]).pages == pages


def test_a_long_text_is_shortened_at_a_word() -> None:
    facts: dict[str, Any] = dict.fromkeys(Card.model_fields, "")
    card = Card.model_construct(**facts | {"excerpt": "word " * 100})
    ((text, marked),) = card.parts
    assert (text.endswith("word …"), marked, len(text) <= 170) == (True, False, True)
