"""How mails are sent: to a mail server over connections that are kept open, or into a folder."""

import asyncio
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from services.notifications.outside.composition import ComposedMail, Refused
from services.notifications.outside.settings import MailSettings
from services.notifications.outside.transport import TransientError, Transport, open_transport
from tests.support.mailbox import Fault, Mailbox
from tests.support.waiting import until


def composed(name: str = "a") -> ComposedMail:
    content = f"From: careers@ninthweek.example\r\nMessage-ID: <{name}@ninthweek.example>\r\n\r\nHello.\r\n"
    return ComposedMail(
        sender="careers@ninthweek.example",
        recipient="jose@college.example",
        file_name=f"{name}.eml",
        content=content.encode(),
    )


@pytest.fixture
def server(mailbox: Mailbox) -> Transport:
    return open_transport(MailSettings(smtp_url=mailbox.url))


async def test_a_mail_is_sent_as_it_was_composed(server: Transport, mailbox: Mailbox) -> None:
    await server.send(composed())

    ((recipient, mail),) = mailbox.taken
    assert recipient == "jose@college.example"
    assert mail["Message-ID"] == "<a@ninthweek.example>"
    assert mail.get_content().strip() == "Hello."


async def test_the_connection_is_kept_for_the_next_mail(server: Transport, mailbox: Mailbox) -> None:
    for name in "abc":
        await server.send(composed(name))

    assert len(mailbox.connections) == 1
    assert len(mailbox.taken) == 3


async def test_mails_that_are_sent_at_the_same_time_have_connections_of_their_own(
    server: Transport, mailbox: Mailbox
) -> None:
    for _ in range(2):
        await asyncio.gather(*(server.send(composed(name)) for name in "abcd"))

    assert len(mailbox.connections) == 4
    assert len(mailbox.taken) == 8


async def test_a_connection_that_the_server_dropped_is_opened_again(server: Transport, mailbox: Mailbox) -> None:
    await server.send(composed("a"))
    mailbox.drop_connections()
    await server.send(composed("b"))

    assert mailbox.message_ids == ["<a@ninthweek.example>", "<b@ninthweek.example>"]
    assert len(mailbox.connections) == 2


async def test_a_mail_whose_answer_was_lost_is_sent_again_under_the_same_id(
    server: Transport, mailbox: Mailbox
) -> None:
    mailbox.faults.append(Fault.TAKES_AND_DROPS)
    with pytest.raises(TransientError):
        await server.send(composed())
    await server.send(composed())

    assert mailbox.message_ids == ["<a@ninthweek.example>"] * 2


async def test_a_connection_on_which_a_mail_was_given_up_is_not_used_again(server: Transport, mailbox: Mailbox) -> None:
    mailbox.answering.clear()
    given_up = asyncio.create_task(server.send(composed("a")))

    async def it_hangs() -> bool:
        return mailbox.waiting > 0

    await until(it_hangs)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    mailbox.answering.set()

    await server.send(composed("b"))

    assert mailbox.message_ids[-1] == "<b@ninthweek.example>"
    assert len(mailbox.connections) == 2


@pytest.mark.parametrize("command", ["recipients", "content"])
async def test_a_permanent_refusal_is_reported_without_the_address(
    command: str, server: Transport, mailbox: Mailbox
) -> None:
    getattr(mailbox, f"answers_to_{command}").append("550 5.1.1 <Jose@College.example>: unknown here")

    with pytest.raises(Refused) as refusal:
        await server.send(composed())

    assert refusal.value.reason == "550 5.1.1 (address) unknown here"
    assert refusal.value.__suppress_context__


@pytest.mark.parametrize("command", ["recipients", "content"])
async def test_a_transient_error_may_be_tried_again(command: str, server: Transport, mailbox: Mailbox) -> None:
    getattr(mailbox, f"answers_to_{command}").append("451 4.7.1 <jose@college.example> come back later")

    with pytest.raises(TransientError, match=r"^451 4\.7\.1 \(address\) come back later$"):
        await server.send(composed())
    await server.send(composed())

    assert mailbox.message_ids == ["<a@ninthweek.example>"]
    assert len(mailbox.connections) == 1


async def test_after_421_the_mail_is_sent_again_over_a_new_connection(server: Transport, mailbox: Mailbox) -> None:
    await server.send(composed("a"))
    mailbox.answers_to_recipients.append("421 4.4.2 timeout, closing")
    await server.send(composed("b"))

    assert mailbox.message_ids == ["<a@ninthweek.example>", "<b@ninthweek.example>"]


async def test_an_unreachable_server_is_a_transient_error() -> None:
    away = await asyncio.get_running_loop().create_server(asyncio.Protocol, "127.0.0.1")
    port = away.sockets[0].getsockname()[1]
    away.close()
    await away.wait_closed()

    with pytest.raises(TransientError):
        await open_transport(MailSettings(smtp_url=f"smtp://127.0.0.1:{port}")).send(composed())


async def test_user_and_password_of_the_url_are_used(mailbox: Mailbox) -> None:
    url = mailbox.url.replace("//", "//careers:p%40ss@")

    await open_transport(MailSettings(smtp_url=url)).send(composed())

    assert mailbox.logins == [(b"careers", b"p@ss")]
    assert len(mailbox.taken) == 1


async def test_without_a_server_complete_mails_are_written_to_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "mails"
    await open_transport(MailSettings(mail_folder=folder)).send(composed())
    await open_transport(MailSettings(mail_folder=folder)).send(composed())

    (file,) = folder.iterdir()
    assert file.name == "a.eml"
    assert message_from_bytes(file.read_bytes(), policy=default)["Message-ID"] == "<a@ninthweek.example>"
