"""Notifications against a real broker, a real database, a folder for mails and a mail server."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.notifications.handlers import send_email
from services.notifications.messages import SendEmail
from services.notifications.rules.failures import SUMMARISE_AFTER
from shared.contracts.every_service import MessageFailed
from shared.contracts.matching import PlacementConfirmed, RankingReceived
from shared.contracts.message import Event
from shared.contracts.notifications import EmailFailed, EmailSent
from tests.services.notifications.mail_folder import mails, text
from tests.support.examples import ROUND, host_registered, project_submitted, round_scheduled, student_registered
from tests.support.mailbox import Mailbox
from tests.support.notifications import (
    a_round,
    application_received,
    applications_closed,
    offer_made,
    placement,
    project_approved,
    refused,
)
from tests.support.running import RunningService, Start

PEOPLE: tuple[Event, ...] = (round_scheduled(), host_registered(), student_registered())


@pytest.fixture
async def notifications(start: Start, folder: Path) -> RunningService:
    return await start("notifications")


@pytest.fixture
def to_mail_server(folder: Path, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    monkeypatch.setenv("SMTP_URL", mailbox.url)
    return mailbox


def templates(folder: Path) -> Iterator[str]:
    """The template and the recipient's id of each mail, from the names of the files."""
    return (file.stem[37:] for file in sorted(folder.iterdir()))


async def emails(notifications: RunningService) -> list[dict[str, Any]]:
    return [dict(row) for row in await notifications.connection.fetch("select * from emails order by email_id")]


async def test_an_offer_reaches_the_student_and_is_recorded(notifications: RunningService, folder: Path) -> None:
    await notifications.receive(*PEOPLE, project_submitted(), application_received())
    await notifications.receive(offer_made())

    (mail,) = mails(folder, "offer_made")
    assert mail["To"] == "Elif Sato <elif@college.example>"
    assert "by 09:00 BST on Monday 24 May 2027" in text(mail)
    (email,) = [row for row in await emails(notifications) if row["template"] == "offer_made"]
    assert (email["state"], email["recipient_id"], email["message_id"]) == ("sent", "S00001", mail["Message-ID"])
    assert email["ended_at"] == notifications.clock()
    assert EmailSent(email_id=email["email_id"], template="offer_made", recipient_id="S00001") in (
        await notifications.published(EmailSent)
    )


async def test_the_same_mails_are_sent_in_whichever_order_the_events_arrive(
    notifications: RunningService, folder: Path
) -> None:
    closed, confirmed = applications_closed(1), placement(PlacementConfirmed)
    events = [*PEOPLE, project_submitted(), project_approved(), application_received(), closed, offer_made(), confirmed]

    await notifications.receive(*reversed(events))

    assert sorted(templates(folder)) == [
        "application_received-S00001",
        "offer_made-S00001",
        "placement_confirmed_host-H0001",
        "placement_confirmed_student-S00001",
        "project_approved-H0001",
        "project_received-H0001",
        "ranking_due-H0001",
    ]
    assert await notifications.failures() == []


async def test_an_event_that_two_replicas_receive_again_and_again_leads_to_one_mail(start: Start, folder: Path) -> None:
    notifications = await start("notifications", replicas=2)
    await notifications.receive(*PEOPLE, project_submitted(), application_received())
    for _ in range(3):
        await notifications.receive(offer_made(), identifier="event-1")

    assert len(mails(folder, "offer_made")) == 1


async def test_a_mail_goes_to_the_newest_address(notifications: RunningService, folder: Path) -> None:
    moved = student_registered(student_version=2, email="sato@college.example")
    await notifications.receive(*PEOPLE, moved, project_submitted(), application_received())
    await notifications.receive(student_registered())

    await notifications.receive(offer_made())

    assert mails(folder, "offer_made")[0]["To"] == "Elif Sato <sato@college.example>"


class TestRankings:
    """Hosts are asked once all applications are known, and reminded two days before."""

    async def receive_until_close(self, notifications: RunningService) -> None:
        await notifications.receive(*PEOPLE, project_submitted(), project_approved())
        await notifications.receive(application_received())
        await notifications.step_to(a_round().closes_at)
        await notifications.receive(applications_closed(1))

    async def test_a_host_is_sent_its_applicants_and_the_due_date(
        self, notifications: RunningService, folder: Path
    ) -> None:
        await self.receive_until_close(notifications)

        (mail,) = mails(folder, "ranking_due")
        assert "A000001: Elif Sato, Mathematics, undergraduate, year 2" in text(mail)
        assert "What to do by 17:00 BST on Wednesday 19 May 2027" in text(mail)

    async def test_a_host_is_reminded_once_by_the_current_due_date(
        self, notifications: RunningService, folder: Path
    ) -> None:
        await self.receive_until_close(notifications)
        due_at = a_round().rankings_due_at + timedelta(days=1)
        await notifications.receive(round_scheduled(round_version=2, rankings_due_at=due_at))
        await notifications.receive(round_scheduled(round_version=3, rankings_due_at=due_at))

        await notifications.step_to(due_at - timedelta(days=2, seconds=1))
        assert mails(folder, "ranking_reminder") == []
        await notifications.step_to(due_at)

        (mail,) = mails(folder, "ranking_reminder")
        assert "17:00 BST on Thursday 20 May 2027" in text(mail)

    async def test_a_host_that_has_ranked_is_not_reminded(self, notifications: RunningService, folder: Path) -> None:
        await self.receive_until_close(notifications)
        await notifications.receive(
            RankingReceived(project_id="P0001", round_id=ROUND, host_id="H0001", application_ids=["A000001"])
        )

        await notifications.step_to(a_round().rankings_due_at)

        assert mails(folder, "ranking_reminder") == []


async def test_the_host_of_a_refused_project_is_sent_all_reasons(notifications: RunningService, folder: Path) -> None:
    await notifications.receive(*PEOPLE)
    await notifications.receive(refused("project", host_id="H0001", project_id="P0001"))

    (mail,) = mails(folder, "project_refused")
    assert mail["To"] == "Hana Brown <hana@museum.example>"
    assert "Days: A placement lasts 2 to 5 days; this one says 7." in text(mail)
    assert "Tasks: Name at least one task." in text(mail)
    assert "What to do by 17:00 BST on Friday 16 April 2027" in text(mail)


async def test_staff_are_told_of_a_refusal_that_concerns_nobody_known(
    notifications: RunningService, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAFF_EMAIL", "desk@college.example")
    await notifications.receive(*PEOPLE)
    await notifications.receive(refused("project", project_id="P9999"), refused("student", student_id="S00001"))

    assert [mail["To"] for mail in mails(folder, "submission_refused")] == ["desk@college.example"] * 2


async def test_a_refusal_waits_for_the_person_that_it_names(notifications: RunningService, folder: Path) -> None:
    await notifications.receive(refused("project", host_id="H0001", project_id="P0001"), *PEOPLE)

    assert list(templates(folder)) == ["project_refused-H0001"]


async def test_a_refused_withdrawal_is_reported_to_the_person_whom_it_concerns(
    notifications: RunningService, folder: Path
) -> None:
    await notifications.receive(*PEOPLE, project_submitted(), application_received())
    await notifications.receive(refused("application-withdrawal", application_id="A000001"))
    await notifications.receive(refused("project-withdrawal", project_id="P0001"))

    assert list(templates(folder))[2:] == ["withdrawal_refused-S00001", "withdrawal_refused-H0001"]


async def test_a_permanent_refusal_of_a_recipient_is_recorded(
    notifications: RunningService, to_mail_server: Mailbox
) -> None:
    to_mail_server.answers_to_recipients.append("550 5.1.1 <hana@museum.example> unknown here")
    await notifications.receive(*PEOPLE, project_submitted())

    (email,) = await emails(notifications)
    assert (email["state"], email["refusal"]) == ("failed", "550 5.1.1 (address) unknown here")
    assert [event.reason for event in await notifications.published(EmailFailed)] == [
        "550 5.1.1 (address) unknown here"
    ]
    assert await notifications.published(EmailSent) == []
    assert await notifications.failures() == []
    assert to_mail_server.taken == []


async def test_an_address_to_which_no_mail_can_be_sent_is_recorded(notifications: RunningService, folder: Path) -> None:
    await notifications.receive(
        round_scheduled(), host_registered(contact_email="é@museum.example"), project_submitted()
    )

    assert [email["state"] for email in await emails(notifications)] == ["failed"]
    assert len(await notifications.published(EmailFailed)) == 1
    assert mails(folder) == []


async def test_a_mail_is_tried_again_after_a_transient_error_until_it_is_sent(
    notifications: RunningService, to_mail_server: Mailbox
) -> None:
    to_mail_server.answers_to_recipients.append("451 4.7.1 come back later")
    await notifications.receive(*PEOPLE, project_submitted())

    assert [recipient for recipient, _ in to_mail_server.taken] == ["hana@museum.example"]
    assert [email["state"] for email in await emails(notifications)] == ["sent"]
    assert await notifications.failures() == []


async def test_a_mail_that_was_sent_is_not_sent_again(notifications: RunningService, to_mail_server: Mailbox) -> None:
    await notifications.receive(*PEOPLE, project_submitted())
    (email,) = await emails(notifications)

    await send_email(SendEmail(email_id=email["email_id"]), notifications.replicas[0].units_of_work)

    assert len(to_mail_server.taken) == 1
    assert len(await notifications.published(EmailSent)) == 1


async def test_for_many_failures_staff_get_one_mail_and_later_one_that_says_how_many(
    notifications: RunningService, folder: Path
) -> None:
    def failed(number: int, error: str = "GivenUp") -> MessageFailed:
        return MessageFailed(message_id=f"m-{number}", service="matching", message_type="", error=error, attempts=1)

    await notifications.receive(*map(failed, range(25)), failed(25, "KeyError"), source="matching")
    assert sorted(templates(folder)) == ["message_failed-staff"] * 2

    await notifications.step_to(notifications.clock() + SUMMARISE_AFTER)
    (more,) = mails(folder, "more_failed")
    assert more["Subject"] == "24 more failed in matching"
    await notifications.receive(failed(26), source="matching")
    assert len(mails(folder, "message_failed")) == 3
