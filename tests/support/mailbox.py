"""A mail server that does what a test asks of it."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from enum import StrEnum
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Fault(StrEnum):
    """What the server does once it has the content of a mail, instead of taking the mail and confirming that."""

    REFUSES = "refuses"
    DROPS = "drops the connection"
    HANGS = "hangs"
    TAKES_AND_DROPS = "takes the mail and drops the connection"
    TAKES_AND_HANGS = "takes the mail and hangs"


TAKES = (Fault.TAKES_AND_DROPS, Fault.TAKES_AND_HANGS)
"""The server has the mail, and its sender cannot know."""


@dataclass
class Mailbox:
    """What the server took, and what it is to answer next; `port` is where it listens."""

    port: int = 0
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)
    answers_to_recipients: list[str] = field(default_factory=list)
    """Answers to the next `RCPT` commands instead of taking the recipient."""
    answers_to_content: list[str] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    connections: list[SMTP] = field(default_factory=list)
    faults: deque[Fault] = field(default_factory=deque)
    """What happens to the next mails, one each."""
    greylisted: set[str] | None = None
    """Recipients that were refused once for the time being; `None`: it does not greylist."""
    answering: asyncio.Event = field(default_factory=asyncio.Event)
    """While it is not set, mails are neither taken nor answered."""
    waiting: int = 0
    """How many mails wait for it to be set."""

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def message_ids(self) -> list[str]:
        return [mail["Message-ID"] for _, mail in self.taken]

    def drop_connections(self) -> None:
        for connection in self.connections:
            _close(connection)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        if self.answers_to_recipients:
            return self.answers_to_recipients.pop(0)
        if self.greylisted is not None and address not in self.greylisted:
            self.greylisted.add(address)
            return "451 4.7.1 Greylisted, come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.answers_to_content:
            return self.answers_to_content.pop(0)
        self.waiting += 1
        await self.answering.wait()
        self.waiting -= 1
        fault = self.faults.popleft() if self.faults else None
        if fault is None or fault in TAKES:
            self._take(envelope)
        match fault:
            case Fault.REFUSES:
                return "452 4.3.1 No room now, come back later"
            case Fault.DROPS | Fault.TAKES_AND_DROPS:
                _close(server)
            case Fault.HANGS | Fault.TAKES_AND_HANGS:
                await asyncio.Future()  # until the sender gives up and closes the connection
        return "250 Taken"

    def _take(self, envelope: Any) -> None:
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.taken.append((envelope.rcpt_tos[0], mail))

    def authenticate(self, _server: SMTP, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        self.logins.append((given.login, given.password))
        return AuthResult(success=True)

    def accept(self) -> SMTP:
        """A new connection."""
        connection = SMTP(
            self,
            hostname="mail.example",
            authenticator=self.authenticate,
            auth_require_tls=False,
            loop=asyncio.get_running_loop(),
        )
        self.connections.append(connection)
        return connection


@asynccontextmanager
async def listening() -> AsyncIterator[Mailbox]:
    """An SMTP server on a free port of this machine, while the block lasts."""
    mailbox = Mailbox()
    mailbox.answering.set()
    server = await asyncio.get_running_loop().create_server(mailbox.accept, "127.0.0.1")
    mailbox.port = server.sockets[0].getsockname()[1]
    try:
        yield mailbox
    finally:
        server.close()
        mailbox.drop_connections()
        await server.wait_closed()


def _close(connection: SMTP) -> None:
    if connection.transport is not None:
        connection.transport.close()
