"""The mail server of a soak: takes every mail in the end, and makes the trouble that it is asked for on the way."""

import asyncio
import re
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

from aiosmtpd.smtp import SMTP

Trouble = Literal["refuse", "hang", "lose answer"]

TROUBLES_A_MAIL = 2
"""How often a mail meets trouble at most: fewer times than notifications tries."""

HANGS_FOR = 1.0
"""Seconds, and less than notifications waits for an answer."""

_MESSAGE_ID = re.compile(rb"^Message-ID: *(\S+)", re.MULTILINE | re.IGNORECASE)


class MailServer:
    """What it took, by Message-ID and recipient's address, and the troubles of the next mails."""

    def __init__(self) -> None:
        self.port = 0
        self.taken: Counter[tuple[str, str]] = Counter()
        self.troubles: deque[Trouble] = deque(maxlen=10)
        self._troubled: Counter[str] = Counter()
        self._connections: set[SMTP] = set()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def begin_anew(self) -> None:
        """Forget what was taken."""
        self.taken.clear()
        self.troubles.clear()
        self._troubled.clear()

    def drop_connections(self) -> bool:
        """Close every connection; whether there was any."""
        dropped = [_drop(connection) for connection in self._connections]
        self._connections.clear()
        return any(dropped)

    async def handle_DATA(self, server: SMTP, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        found = _MESSAGE_ID.search(envelope.content)
        message_id = found[1].decode() if found else "none"
        trouble = self._trouble_of(message_id)
        if trouble == "refuse":
            return "451 Come back later"
        if trouble == "hang":
            await asyncio.sleep(HANGS_FOR)
        self.taken[message_id, envelope.rcpt_tos[0]] += 1
        if trouble == "lose answer":
            _drop(server)
        return "250 Taken"

    def _trouble_of(self, message_id: str) -> Trouble | None:
        if not self.troubles or self._troubled[message_id] >= TROUBLES_A_MAIL:
            return None
        self._troubled[message_id] += 1
        return self.troubles.popleft()

    def accept(self) -> SMTP:
        """A new connection."""
        self._connections = {known for known in self._connections if known.transport is not None}
        connection = SMTP(self, hostname="mail.example", loop=asyncio.get_running_loop())
        self._connections.add(connection)
        return connection


@asynccontextmanager
async def mail_server() -> AsyncIterator[MailServer]:
    """An SMTP server on a free port of this machine, while the block lasts."""
    mails = MailServer()
    server = await asyncio.get_running_loop().create_server(mails.accept, "127.0.0.1")
    mails.port = server.sockets[0].getsockname()[1]
    try:
        yield mails
    finally:
        server.close()
        mails.drop_connections()
        await server.wait_closed()


def _drop(connection: SMTP) -> bool:
    """Reset a connection; whether it was open."""
    transport = connection.transport
    if not isinstance(transport, asyncio.Transport):
        return False
    transport.abort()
    return True
