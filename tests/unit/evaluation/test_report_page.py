"""The report as a page: it is self-contained, hides means of too few answers, and has every number in a table."""

import re
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from services.evaluation.rules.report import Dimension, EvaluatedRound, Tally, report
from services.evaluation.web import charts, report_page

ROUND = EvaluatedRound("trinity-2027", "Trinity 2027", 4, date(2027, 6, 21), date(2027, 7, 2))
NOW = datetime(2027, 7, 16, 8, 0, tzinfo=UTC)
FOUR = Tally(
    Dimension.EVERYONE,
    None,
    "student",
    asked=4,
    answered=4,
    outcome=17,
    supervision=16,
    skills_before=8,
    skills_after=15,
    network=13,
    recommend=33,
    promoters=1,
    detractors=2,
)
TALLIES = [
    replace(FOUR, dimension=dimension, value=None if dimension is Dimension.EVERYONE else "a value", respondent=side)
    for dimension in Dimension
    for side in ("student", "host")
]


class Page(HTMLParser):
    """The page's elements and its text, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def count(self, tag: str) -> int:
        return sum(element == tag for element, _ in self.elements)


@pytest.fixture(scope="module")
def html() -> str:
    return report_page.render(report(ROUND, TALLIES, now=NOW))


def test_it_has_no_script_and_fetches_nothing(html: str) -> None:
    page = Page(html)
    attributes = [(name, value or "") for _, given in page.elements for name, value in given.items()]

    assert page.count("script") == page.count("link") == page.count("img") == page.count("iframe") == 0
    assert not [name for name, _ in attributes if name in {"src", "srcset", "style"} or name.startswith("on")]
    assert all(value.startswith("#") for name, value in attributes if name in {"href", "xlink:href"})
    assert not re.search(r"https?:|//\w|@import|url\(", html)


def test_its_policy_allows_the_style_that_it_has_and_no_other(html: str) -> None:
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()

    assert f"style-src 'sha256-{digest}'" in report_page.CONTENT_SECURITY_POLICY
    assert not re.search(r"\sstyle=", html)


def test_for_the_common_layout_it_is_the_same_without_a_page_around_it(html: str) -> None:
    body = report_page.render_body(report(ROUND, TALLIES, now=NOW))

    assert body in html
    assert not re.search(r"<(html|head|style|main|h1)\b", body)


def test_every_section_has_charts_and_their_numbers_in_a_table_with_a_caption(html: str) -> None:
    page = Page(html)

    assert page.count("section") == page.count("table") == page.count("caption") == len(Dimension)
    assert page.count("figure") == 3 + 6 * (len(Dimension) - 1)


def test_every_chart_has_a_name_and_names_its_table_and_every_id_is_unique(html: str) -> None:
    elements = Page(html).elements
    ids = [given["id"] for _, given in elements if "id" in given]
    drawn = [given for tag, given in elements if tag == "svg" and given.get("role") == "img"]

    assert len(ids) == len(set(ids))
    assert drawn
    for chart in drawn:
        assert chart["aria-labelledby"] in ids
        assert chart["aria-describedby"] in ids
    assert all((given["href"] or "")[1:] in ids for tag, given in elements if tag == "a")


def test_it_declares_its_language_and_fits_a_phone(html: str) -> None:
    elements = Page(html).elements

    assert ("html", {"lang": "en-GB"}) in elements
    assert ("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}) in elements


def test_the_numbers_are_written_as_a_reader_expects_them(html: str) -> None:
    text = re.sub(r"\s+", " ", Page(html).text)

    assert "4 placements were completed between 21 June 2027 and 2 July 2027" in text
    assert "As of 16 July 2027, 09:00" in text  # British Summer Time
    assert "4 4 100% 4.2 4.0 2.0 3.8 +1.8 3.2 8.2 −25" in text


def test_a_group_of_fewer_than_three_answers_shows_no_mean() -> None:
    few = [replace(tally, answered=2, outcome=10) if tally.dimension is Dimension.LEVEL else tally for tally in TALLIES]

    level = report_page.render(report(ROUND, few, now=NOW)).split('id="level"')[1].split("</section>")[0]
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", level)

    assert cells == ["2", "4", "50%", "fewer than 3"] * 2
    assert level.count("<circle") == level.count('<path class="host"') == 1  # the response rate


def test_names_and_values_that_were_sent_are_escaped() -> None:
    hostile = [replace(tally, value="<script>alert(1)</script>" if tally.value else None) for tally in TALLIES]

    html = report_page.render(report(replace(ROUND, name="Trinity <b>2027</b>"), hostile, now=NOW))

    assert "<script" not in html.lower()
    assert "<b>" not in html


def test_a_round_without_completed_placements_says_so() -> None:
    page = Page(report_page.render(report(EvaluatedRound("x-2027", "X 2027", 0, None, None), [], now=NOW)))

    assert "No placement of this round has been completed yet" in page.text
    assert page.count("table") == page.count("svg") == 0


def test_surveys_that_still_take_answers_are_mentioned() -> None:
    still_open = [replace(tally, still_open=2) for tally in TALLIES]

    assert "Surveys that still take answers: 4." in Page(report_page.render(report(ROUND, still_open, now=NOW))).text


def test_a_scale_runs_from_the_left_of_the_chart_to_the_right() -> None:
    assert charts.ONE_TO_FIVE.x(1) == charts.LEFT
    assert charts.ONE_TO_FIVE.x(3) == (charts.LEFT + charts.RIGHT) / 2
    assert charts.ONE_TO_FIVE.x(5) == charts.RIGHT
