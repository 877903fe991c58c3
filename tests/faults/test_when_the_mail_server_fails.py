"""Mails through a server that refuses, hangs, drops and greylists: none is lost, and none comes under two ids."""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from services.notifications.outside import transport
from shared.contracts.message import Event
from shared.runtime.failures import error_handler
from shared.runtime.settings import RuntimeSettings
from tests.faults.conftest import Ledger
from tests.faults.postgresql_answers import COMMITTED
from tests.support.examples import host_registered, project_submitted, round_scheduled, student_registered
from tests.support.history import Report, judge
from tests.support.mailbox import TAKES, Fault, Mailbox, listening
from tests.support.network import link_to
from tests.support.notifications import application_received, offer_made
from tests.support.processes import start_process
from tests.support.running import RunningService, Start
from tests.support.shared_clock import SharedClock
from tests.support.waiting import make_unsent_rows_due, until

STUDENTS = 12
SUBJECTS = {"We have your application": "received", "You have an offer": "offered"}
"""How the subjects begin, and what each is about."""

DEATHS = 2

Trouble = Callable[[Mailbox], int]
"""Sets a server up for trouble; returns how many faults that will be."""


@pytest.fixture
async def mailbox(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Mailbox]:
    """Where notifications' mails go; what fails is tried again soon, and often."""
    monkeypatch.setattr(error_handler, "RETRIES", (timedelta(milliseconds=100),) * 50)
    monkeypatch.setattr(transport, "SECONDS_TO_ANSWER", 1)
    async with listening() as listens:
        monkeypatch.setenv("SMTP_URL", listens.url)
        yield listens


def mailed_events() -> dict[str, Event]:
    """The events about which students get mails, by their ids."""
    events: dict[str, Event] = {}
    for number in range(STUDENTS):
        ids = {"application_id": f"A{number}", "student_id": f"S{number}"}
        events[f"received-{number}"] = application_received(**ids)
        events[f"offered-{number}"] = offer_made(**ids)
    return events


def students() -> list[Event]:
    return [
        student_registered(student_id=f"S{number}", email=f"s{number}@college.example") for number in range(STUDENTS)
    ]


async def publish_twice(notifications: RunningService) -> None:
    """Publish every event twice, after the facts that the mails need."""
    for known in (round_scheduled(), host_registered(), project_submitted(), *students()):
        await notifications.publish(known)
    for _ in range(2):
        for identifier, event in mailed_events().items():
            await notifications.publish(event, identifier=identifier)


def history(mailbox: Mailbox) -> Report:
    """Compare the expected mails with those that the server took; the same mail again, under one id, is one mail."""
    expected = [f"{name} to s{number}" for number in range(STUDENTS) for name in ("received", "offered")]
    distinct = {(recipient, mail["Subject"], mail["Message-ID"]) for recipient, mail in mailbox.taken}
    mailed = [
        f"{name} to {recipient.partition('@')[0]}"
        for recipient, subject, _ in distinct
        for beginning, name in SUBJECTS.items()
        if subject.startswith(beginning)
    ]
    return judge(expected, mailed)


def copies(mailbox: Mailbox) -> int:
    """How many mails came once more under the same id."""
    return sum(number - 1 for number in Counter(mailbox.message_ids).values())


def meets(*faults: Fault) -> Trouble:
    """Each of so many mails meets one of these faults."""

    def trouble(mailbox: Mailbox) -> int:
        mailbox.faults.extend(faults * 8)
        return len(mailbox.faults)

    return trouble


def refuses_recipients(mailbox: Mailbox) -> int:
    mailbox.answers_to_recipients.extend(["450 4.2.1 Mailbox busy", "421 4.3.2 Shutting down"] * 10)
    return 20


def greylists(mailbox: Mailbox) -> int:
    mailbox.greylisted = set()
    return STUDENTS


TROUBLES: Sequence[Trouble] = (
    refuses_recipients,
    greylists,
    meets(Fault.REFUSES),
    meets(Fault.DROPS),
    meets(Fault.TAKES_AND_DROPS),
    meets(Fault.HANGS),
    meets(Fault.TAKES_AND_HANGS),
    meets(*Fault),
)
NAMES = (
    "refuses_recipients",
    "greylists",
    *("refuses", "drops_before_it_has_the_mail", "drops_after_DATA", "hangs", "hangs_after_DATA", "does_all_of_it"),
)


@pytest.mark.parametrize("trouble", TROUBLES, ids=NAMES)
async def test_when_the_mail_server(trouble: Trouble, start: Start, mailbox: Mailbox, ledger: Ledger) -> None:
    notifications = await start("notifications", replicas=2)
    ledger.injected("mail server", trouble(mailbox))
    taken_without_answer = sum(fault in TAKES for fault in mailbox.faults)

    await publish_twice(notifications)
    await notifications.quiet()

    assert not mailbox.faults
    assert not mailbox.answers_to_recipients
    ledger.judged(history(mailbox))
    # It is sent again only where the sender cannot know whether it was taken.
    assert copies(mailbox) == taken_without_answer
    assert await notifications.failures() == []
    assert await unsent(notifications) == 0


async def test_when_the_mail_server_hangs_the_service_goes_on_handling_events(
    start: Start, mailbox: Mailbox, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "SECONDS_TO_ANSWER", 30)
    notifications = await start("notifications")
    mailbox.answering.clear()
    ledger.injected("mail server")

    await publish_twice(notifications)

    async def all_is_handled() -> bool:
        return await unsent(notifications) == 2 * STUDENTS + 1 and mailbox.waiting > 0

    await until(all_is_handled)
    assert mailbox.taken == []
    mailbox.answering.set()
    await notifications.quiet()
    ledger.judged(history(mailbox))
    assert copies(mailbox) == 0


async def test_when_a_service_is_stopped_while_the_mail_server_hangs(
    start: Start, mailbox: Mailbox, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "SECONDS_TO_ANSWER", 30)
    impatient = RuntimeSettings(stop_within=timedelta(milliseconds=500))
    stopped = await start("notifications", settings=impatient)
    mailbox.answering.clear()
    await publish_twice(stopped)

    async def it_hangs() -> bool:
        return mailbox.waiting == impatient.effects_side_by_side

    await until(it_hangs)

    ledger.injected("stop")
    async with asyncio.timeout(10):
        await stopped.stop()
    mailbox.answering.set()
    notifications = await start("notifications")

    async def all_is_sent() -> bool:
        return await unsent(notifications) == 0 and len(set(mailbox.message_ids)) == 2 * STUDENTS + 1

    await until(all_is_sent)
    await notifications.quiet()

    ledger.judged(history(mailbox))
    assert copies(mailbox) <= impatient.effects_side_by_side
    assert await notifications.failures() == []
    assert await notifications.connection.fetchval("select count(*) from suspects") == 0


async def test_when_the_process_dies_between_the_mail_servers_answer_and_its_record(
    start: Start, mailbox: Mailbox, ledger: Ledger, test_database_url: str, amqp_url: str, tmp_path: Path
) -> None:
    stopped = await start("notifications")
    await stopped.stop()
    await publish_twice(stopped)
    for _ in range(DEATHS):
        process = await start_process(
            "notifications",
            database_url=test_database_url,
            amqp_url=amqp_url,
            clock=SharedClock(tmp_path / "clock").file,
            die="between-mail-and-record",
        )
        ledger.injected("process dies between-mail-and-record")
        assert await process.ended() == -signal.SIGKILL
    notifications = await start("notifications")

    async def all_is_sent() -> bool:
        return await unsent(notifications) == 0 and len(set(mailbox.message_ids)) == 2 * STUDENTS + 1

    await until(all_is_sent)
    await notifications.quiet()

    ledger.judged(history(mailbox))
    assert DEATHS <= copies(mailbox) <= DEATHS * RuntimeSettings().effects_side_by_side
    assert await notifications.failures() == []


async def test_when_the_answers_to_the_records_of_mails_are_lost(
    start: Start, mailbox: Mailbox, ledger: Ledger, test_database_url: str
) -> None:
    """What is recorded as sent is not sent again, though the answer to the record was lost."""
    async with link_to(test_database_url) as link:
        notifications = await start("notifications", to_database=link)
        mailbox.answering.clear()
        await publish_twice(notifications)

        async def all_wait_for_the_mail_server() -> bool:
            return await unsent(notifications) == 2 * STUDENTS + 1 and mailbox.waiting > 0

        await until(all_wait_for_the_mail_server)
        link.lose_answer(COMMITTED, times=8)
        mailbox.answering.set()

        async def all_is_sent() -> bool:
            return link.has_lost_all and await unsent(notifications) == 0

        await until(all_is_sent)
        ledger.injected("answer to a commit lost", 8)
        ledger.over()
        await make_unsent_rows_due(notifications.connection)
        await notifications.quiet()
        ledger.judged(history(mailbox))
        assert copies(mailbox) == 0
        assert await notifications.failures() == []


async def unsent(notifications: RunningService) -> int:
    number: int = await notifications.connection.fetchval("select count(*) from emails where state = 'due'")
    return number
