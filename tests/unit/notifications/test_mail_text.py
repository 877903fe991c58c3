"""The content of mails, as text and as HTML."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from services.notifications.outside.mail_text import PAGES, TEXT_WIDTH, MailText, one_line, render, wrapped
from services.notifications.rules import applications
from services.notifications.rules.mails import Mail, Template
from shared import dates
from tests.support.notifications import (
    REPLY_BY,
    a_project,
    a_round,
    an_application,
    due,
    messages_with_mails,
    offer_made,
)

VOID_ELEMENTS = {"br", "meta"}
LINK = "http://127.0.0.1:8000/enter/a.token"
KNOWN_OF_EVERY_MAIL: dict[str, object] = {
    "name": "José Evans",
    "staff_email": "careers@ninthweek.example",
    "link": LINK,
    "link_ends_at": "2027-07-09T23:00:00Z",
    "new_link": "http://127.0.0.1:8000/enter",
}
HOSTILE = "<script>alert('x')</script> & {{ name }} \"'"


class Document(HTMLParser):
    """The text and the elements of an HTML document. Fails unless every element is closed in the right order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.text: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open, f"never closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        if tag not in VOID_ELEMENTS:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"closed and never opened: {tag}"
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    @property
    def words(self) -> list[str]:
        return " ".join(self.text).split()


def rendered(mail: Mail, **facts: object) -> MailText:
    email = due(mail)
    return render(email.template, {**email.facts, **KNOWN_OF_EVERY_MAIL, **facts})


def without_addresses(text: str) -> str:
    """The text without addresses of pages, which may be longer than a line and, in HTML, are behind a button."""
    return re.sub(r"https?://\S+", "…", text)


def every_mail() -> Iterator[Mail]:
    for _, mails in messages_with_mails():
        yield from mails


@pytest.mark.parametrize("mail", [pytest.param(mail, id=mail.template) for mail in every_mail()])
class TestEveryMail:
    """Every mail, on each occasion on which it is sent."""

    def test_has_a_subject_in_one_line(self, mail: Mail) -> None:
        subject = rendered(mail).subject

        assert subject
        assert subject.isprintable()

    def test_is_well_formed_html(self, mail: Mail) -> None:
        document = Document(rendered(mail).html)

        assert {"html", "head", "title", "body", "h1"} <= set(document.elements)
        assert "style" not in document.elements

    def test_says_the_same_in_text_and_in_html(self, mail: Mail) -> None:
        written = rendered(mail)
        in_text, in_html = (
            set(re.findall(r"\w+", without_addresses(words).lower()))
            for words in (written.text, " ".join(Document(written.html).words))
        )
        only_in_html = set(re.findall(r"\w+", f"Micro-placements {written.subject}".lower()))

        assert in_text <= in_html
        assert in_html - in_text <= only_in_html

    def test_keeps_its_text_narrow_and_without_gaps(self, mail: Mail) -> None:
        text = without_addresses(rendered(mail).text)

        assert max(map(len, text.splitlines())) <= TEXT_WIDTH
        assert "\n\n\n" not in text
        assert not re.search(r"\w\)\w|[,;:]\w|\.[A-Z]", re.sub(r"\S+@\S+|\d\d:\d\d|ninthweek\.\S+", "", text))

    def test_has_every_moment_and_day_in_words(self, mail: Mail) -> None:
        assert not re.search(r"\d{4}-\d{2}-\d{2}", rendered(mail).text)

    def test_leads_to_its_page_once_in_text_and_in_html(self, mail: Mail) -> None:
        written = rendered(mail)

        assert [written.text.splitlines().count(LINK), written.html.count(f'href="{LINK}"')] == [
            1 if mail.path else 0
        ] * 2
        assert LINK not in rendered(mail, link=None).text

    def test_says_what_to_do_or_that_there_is_nothing(self, mail: Mail) -> None:
        text = " ".join(rendered(mail).text.split())

        assert re.search("What to do|need not do anything|nothing you need to do|are closed at present|this time", text)


def test_what_is_to_be_done_begins_with_its_deadline() -> None:
    (mail,) = applications.offered(offer_made(), an_application())

    assert f"=> What to do by {dates.moment(REPLY_BY)}:" in rendered(mail).text
    assert f"What to do by {dates.moment(REPLY_BY)}" in " ".join(Document(rendered(mail).html).words)


def test_a_host_is_told_by_when_to_rank_and_when_offers_go_out() -> None:
    text = " ".join(rendered(next(mail for mail in every_mail() if mail.template is Template.RANKING_DUE)).text.split())

    assert f"by {dates.moment(a_round().rankings_due_at)}" in text
    assert f"Offers go out at {dates.moment(a_round().offers_at)}" in text


@pytest.mark.parametrize(("mode", "mentioned"), [("in person", True), ("hybrid", True), ("remote", False)])
def test_travel_and_lunch_are_mentioned_unless_the_work_is_remote(mode: str, mentioned: bool) -> None:
    (mail,) = [each for each in every_mail() if each.template is Template.PROJECT_APPROVED]

    assert ("travel and a reasonable lunch" in rendered(mail, mode=mode).text) is mentioned


def test_text_by_others_never_becomes_markup_or_a_header() -> None:
    project = a_project(title=HOSTILE + "\r\nBcc: everyone@example.com", supervisor_name=HOSTILE)
    hostile = replace(an_application(), project=project)
    (mail,) = applications.offered(offer_made(), hostile)

    written = rendered(mail, name=HOSTILE)

    assert written.subject.isprintable()
    assert "script" not in Document(written.html).elements
    assert HOSTILE in "".join(Document(written.html).text)
    assert HOSTILE in written.text


def test_a_missing_fact_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        render(Template.OFFER_MADE, KNOWN_OF_EVERY_MAIL)


def test_every_template_has_its_file_and_every_file_its_template() -> None:
    assert {path.stem for path in (PAGES / "mails").iterdir()} == set(Template)


@given(st.text())
def test_one_line_is_one_line_whatever_the_text(text: str) -> None:
    assert one_line(text).isprintable()


@given(st.text(alphabet="ab \n", max_size=400))
def test_wrapped_lines_keep_all_words_and_the_width(text: str) -> None:
    lines = wrapped(text, "- ", "  ").splitlines()

    assert " ".join(lines).replace("- ", "", 1).split() == text.split()
    assert all(len(line) <= TEXT_WIDTH or " " not in line.strip().removeprefix("- ") for line in lines)
