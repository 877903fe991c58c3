"""Mails, composed as they are sent."""

import email
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from typing import Any

import icalendar
import pytest
from pydantic import AnyHttpUrl, SecretStr, ValidationError

from services.notifications.outside.composition import Refused, compose, message_id
from services.notifications.outside.settings import MailSettings
from services.notifications.rules import applications, placements, projects, refusals
from services.notifications.rules.mails import DueEmail, Mail
from shared.contracts.evaluation import SurveyOpened
from shared.contracts.matching import PlacementCancelled, PlacementConfirmed
from shared.contracts.screening import ReviewOverdue
from shared.web import links
from shared.web.callers import Link, Purpose
from shared.web.settings import WebSettings
from tests.support.examples import ROUND
from tests.support.notifications import (
    NOW,
    SOME_UUID,
    SURVEY_CLOSES_AT,
    a_project,
    a_round,
    an_application,
    concerned,
    due,
    offer_made,
    placement,
    refused,
    survey,
)

SETTINGS = MailSettings(mail_from="Careers Service <careers@college.example>", staff_email="desk@college.example")

WEB = WebSettings(public_url=AnyHttpUrl("https://placements.college.example"), session_secret=SecretStr("a" * 32))


def offer(**changes: Any) -> Mail:
    return applications.offered(offer_made(), an_application(project=a_project(**changes)))[0]


def read(due_email: DueEmail, settings: MailSettings = SETTINGS) -> EmailMessage:
    """The mail as a client reads it."""
    message = email.message_from_bytes(compose(due_email, settings, WEB, now=NOW).content, policy=default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def test_it_is_addressed_and_dated_by_the_programmes_clock() -> None:
    mail = read(due(offer()))

    assert mail["From"] == "Careers Service <careers@college.example>"
    assert mail["To"] == "José Evans <jose@college.example>"
    assert mail["Reply-To"] == "desk@college.example"
    assert mail["Date"] == "Thu, 01 Apr 2027 10:00:00 +0100"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == message_id(due(offer()), SETTINGS)


def test_it_has_the_same_content_as_text_and_as_html() -> None:
    mail = read(due(offer(title="Café “Ünïcode”")))

    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    for part in mail.iter_parts():
        assert "Café “Ünïcode”" in part.get_content()
        assert part["Content-Transfer-Encoding"] == "quoted-printable"


def test_it_passes_through_any_server() -> None:
    content = compose(due(offer(title="é" * 300, supervisor_name="x" * 2000)), SETTINGS, WEB, now=NOW).content

    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    "name", ["Evans\r\nBcc: everyone@example.com", 'Evans "the" <x@example.com>, y', "=?utf-8?q?a?=", "é" * 200]
)
def test_a_name_never_becomes_another_header_or_recipient(name: str) -> None:
    mail = read(due(offer(title=name), name=name))

    assert "Bcc" not in mail
    assert [address.addr_spec for address in mail["To"].addresses] == ["jose@college.example"]
    # Python 3.11 reads a space between the encoded words of a long name where RFC 2047 has none.
    assert mail["To"].addresses[0].display_name.replace(" ", "") == "".join(name.split())


@pytest.mark.parametrize("address", ["é@college.example", "a,b@college.example", "<a@b>@college.example", "a@b..c"])
def test_an_address_that_no_mail_can_be_sent_to_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(Refused) as refusal:
        compose(due(offer(), address=address), SETTINGS, WEB, now=NOW)

    assert address not in refusal.value.reason


def test_what_concerns_staff_goes_to_the_address_in_the_settings() -> None:
    (mail,) = refusals.refused(refused("student"), concerned(), now=NOW)
    to_staff = read(due(mail, name=None, address=None))

    assert to_staff["To"] == "desk@college.example"
    assert "Dear colleagues," in to_staff.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_its_message_id_differs_by_event_recipient_and_template() -> None:
    original = due(offer())
    others = [
        DueEmail(**{**fields(original), "cause": "event-2"}),
        DueEmail(**{**fields(original), "recipient": due(refusals_to_staff()).recipient}),
        DueEmail(**{**fields(original), "template": refusals_to_staff().template}),
    ]
    again = DueEmail(**{**fields(original), "name": "Changed"})

    assert message_id(again, SETTINGS) == message_id(original, SETTINGS)
    assert len({message_id(each, SETTINGS) for each in (original, *others)}) == 4
    assert message_id(original, SETTINGS).endswith("@college.example>")


def link_in(due_email: DueEmail) -> str:
    """The link of a mail: once in the text, on a line of its own, and once behind the button."""
    mail = read(due_email)
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    (link,) = (line for line in text.splitlines() if line.startswith("https://"))
    assert html.count(f'href="{link}"') == 1
    return str(link)


def test_its_link_is_for_its_reader_alone_and_the_same_however_often_it_is_written() -> None:
    (mail,) = applications.offered(offer_made(), an_application())

    link = link_in(due(mail))

    origin, _, token = link.rpartition("/enter/")
    assert origin == "https://placements.college.example"
    assert links.read(token, WEB) == Link(
        "student", "S00001", Purpose.ALL_PAGES, NOW, a_round().links_end_at, "/student/offers/A000001"
    )
    assert link_in(due(mail)) == link


def test_a_link_to_a_survey_opens_only_surveys() -> None:
    (mail,) = placements.survey_opened(survey(SurveyOpened, "host"), an_application())

    link = links.read(link_in(due(mail)).rpartition("/")[2], WEB)

    assert (link.kind, link.person_id, link.purpose) == ("host", "H0001", Purpose.SURVEY)
    assert link.ends_at == SURVEY_CLOSES_AT


def test_staff_are_led_to_a_page_where_they_sign_in_themselves() -> None:
    overdue = ReviewOverdue(project_id="P0001", round_id=ROUND, revision=1, waiting_since=NOW)
    (mail,) = projects.review_overdue(overdue, a_project())

    assert (
        link_in(due(mail, name=None, address=None))
        == "https://placements.college.example/staff/screening/projects/P0001"
    )


def test_a_mail_that_was_stored_before_mails_had_links_is_composed_without_one() -> None:
    mail = replace(due(offer()), link=None)

    assert "http" not in read(mail).get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_its_file_sorts_by_time_and_names_template_and_recipient() -> None:
    mail = compose(due(offer()), SETTINGS, WEB, now=NOW)

    assert mail.file_name == f"{SOME_UUID}-offer_made-S00001.eml"


def test_a_confirmed_placement_comes_as_a_calendar_file() -> None:
    to_student, to_host = placements.confirmed(placement(PlacementConfirmed), an_application())

    (attachment,) = read(due(to_student)).iter_attachments()

    assert attachment.get_filename() == "placement.ics"
    assert attachment["Content-Type"].params["method"] == "PUBLISH"
    event = calendar(attachment).events[0]
    assert (event.start.isoformat(), event.end.isoformat()) == ("2027-06-21", "2027-06-26")
    assert "Brown & Brown Museum" in event["summary"]
    assert event["dtstamp"].dt == NOW
    assert not list(read(due(to_host)).iter_attachments())


def test_a_cancelled_placement_takes_the_same_entry_out_of_the_calendar() -> None:
    confirmed, _ = placements.confirmed(placement(PlacementConfirmed), an_application())
    cancelled, _ = placements.cancelled(placement(PlacementCancelled, by="host"), an_application())
    (put_in,), (taken_out,) = (list(read(due(mail)).iter_attachments()) for mail in (confirmed, cancelled))

    before, after = calendar(put_in).events[0], calendar(taken_out).events[0]

    assert taken_out["Content-Type"].params["method"] == "CANCEL"
    assert after["uid"] == before["uid"]
    assert after["sequence"] > before["sequence"]
    assert after["status"] == "CANCELLED"


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("SMTP_URL", "http://mail.example"),
        ("SMTP_URL", "smtp://"),
        ("SMTP_URL", "smtp://user:secret@mail.example:99999"),
        ("MAIL_FROM", "nobody"),
        ("STAFF_EMAIL", "Careers Service"),
    ],
)
def test_a_wrong_setting_is_named_without_repeating_it(
    setting: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(setting, value)

    with pytest.raises(ValidationError) as error:
        MailSettings()

    assert error.value.errors()[0]["loc"] == (setting.lower(),)
    assert value not in str(error.value)


def test_an_empty_setting_is_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_URL", "")

    assert MailSettings().smtp_url is None


def fields(due_email: DueEmail) -> dict[str, Any]:
    return {name: getattr(due_email, name) for name in DueEmail.__dataclass_fields__}


def refusals_to_staff() -> Mail:
    return refusals.refused(refused("student"), concerned(), now=datetime(2027, 4, 1, tzinfo=UTC))[0]


def calendar(attachment: Any) -> Any:
    return icalendar.Calendar.from_ical(attachment.get_content())
