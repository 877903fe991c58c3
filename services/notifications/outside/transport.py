"""Sends mails: to a mail server over connections that are kept open, or as files into a folder."""

import asyncio
import re
import socket
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote

import aiosmtplib
from pydantic import AnyUrl

from services.notifications.outside.composition import ComposedMail, Refused
from services.notifications.outside.settings import MailSettings
from shared.contracts.directory import NOTIFICATIONS
from shared.telemetry import calling

SECONDS_TO_ANSWER = 30
"""Seconds that the mail server may take at each step of an SMTP session."""

_ADDRESS = re.compile(r"\S+@\S+")


class TransientError(Exception):
    """The mail was not sent this time, and may be sent later. The text is the server's answer without any address."""


class Transport(Protocol):
    """A way to send mails."""

    async def send(self, mail: ComposedMail) -> None:
        """Send a mail. Raises `Refused` if it is refused permanently, `TransientError` if it may be tried again."""


@dataclass(eq=False)
class Folder:
    """Writes mails as files into a folder. A file appears there only when it is complete."""

    path: Path

    async def send(self, mail: ComposedMail) -> None:
        await asyncio.to_thread(self._write, mail)

    def _write(self, mail: ComposedMail) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        unfinished = self.path / f".{mail.file_name}.part"
        unfinished.write_bytes(mail.content)
        unfinished.replace(self.path / mail.file_name)


@dataclass(eq=False)
class MailServer:
    """An SMTP server. A connection sends one mail at a time, and is kept open for the next.

    There are as many connections as mails were ever sent at the same time, which the runtime limits.
    """

    url: AnyUrl
    _idle: list[aiosmtplib.SMTP] = field(init=False, default_factory=list)

    async def send(self, mail: ComposedMail) -> None:
        with calling(NOTIFICATIONS.name, "send mail", protocol="smtp", address=self.url.host or "", port=self.url.port):
            try:
                if not await self._over_kept_connection(mail):
                    await self._over_connection(await self._connect(), mail)
            except aiosmtplib.SMTPException as error:
                raise _error_of(error) from None  # the library's own errors name the recipient
            except OSError as error:  # an error of TLS
                raise TransientError(type(error).__name__) from None

    async def _over_kept_connection(self, mail: ComposedMail) -> bool:
        """Send over a kept connection; false if there is none that the server has not closed meanwhile."""
        while self._idle:
            connection = self._idle.pop()
            try:
                await self._over_connection(connection, mail)
            except aiosmtplib.SMTPTimeoutError:
                raise
            except aiosmtplib.SMTPException:
                if connection.is_connected:
                    raise
            else:
                return True
        return False

    async def _over_connection(self, connection: aiosmtplib.SMTP, mail: ComposedMail) -> None:
        try:
            await connection.sendmail(mail.sender, mail.recipient, mail.content)
        except asyncio.CancelledError:
            connection.close()  # otherwise the answer that is still to come would count as that to the next mail
            raise
        finally:
            if connection.is_connected:
                self._idle.append(connection)

    async def _connect(self) -> aiosmtplib.SMTP:
        connection = aiosmtplib.SMTP(
            hostname=self.url.host.strip("[]") if self.url.host else None,
            port=self.url.port,
            username=unquote(self.url.username) if self.url.username else None,
            password=unquote(self.url.password) if self.url.password else None,
            use_tls=self.url.scheme == "smtps",
            local_hostname=socket.gethostname(),  # the default asks the name service, which may be slow
            timeout=SECONDS_TO_ANSWER,
        )
        await connection.connect()
        return connection


@lru_cache
def open_transport(settings: MailSettings) -> Transport:
    return MailServer(settings.smtp_url) if settings.smtp_url else Folder(settings.mail_folder)


def _error_of(error: aiosmtplib.SMTPException) -> Refused | TransientError:
    """The error to raise for an error of SMTP.

    A refusal is permanent if it is of this recipient or this mail, with a code of 500 or more.
    """
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        error = error.recipients[0]
    code = error.code if isinstance(error, aiosmtplib.SMTPResponseException) else None
    answer = _ADDRESS.sub("(address)", f"{code or ''} {error.message}".strip())[:500]
    concerns_mail = isinstance(error, aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPDataError)
    return Refused(answer) if concerns_mail and code and code >= 500 else TransientError(answer)
