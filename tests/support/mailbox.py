"""A mail server that does what a test asks of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


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
    lose_answer: bool = False
    """Take the next mail, and drop the connection instead of saying so."""

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
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.answers_to_content:
            return self.answers_to_content.pop(0)
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.taken.append((envelope.rcpt_tos[0], mail))
        if self.lose_answer:
            self.lose_answer = False
            _close(server)
        return "250 Taken"

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
