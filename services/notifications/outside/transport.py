"""How a mail leaves: to a mail server over kept connections, or into a folder."""

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

from services.notifications.outside.composition import Parcel, Refused
from services.notifications.outside.settings import MailSettings
from shared.contracts.directory import NOTIFICATIONS
from shared.telemetry import calling

SECONDS_TO_ANSWER = 30
"""For the mail server, at each step of the conversation."""

_ADDRESS = re.compile(r"\S+@\S+")


class NotTaken(Exception):
    """The mail was not taken this time. The text is the server's answer without any address."""


class Transport(Protocol):
    """Where mails go."""

    async def send(self, parcel: Parcel) -> None:
        """Hand over a mail. Raises `Refused` where that is for good, `NotTaken` where it may be tried again."""


@dataclass(eq=False)
class Folder:
    """Mails as files in a folder, each there as a whole or not at all."""

    path: Path

    async def send(self, parcel: Parcel) -> None:
        await asyncio.to_thread(self._write, parcel)

    def _write(self, parcel: Parcel) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        unfinished = self.path / f".{parcel.file_name}.part"
        unfinished.write_bytes(parcel.content)
        unfinished.replace(self.path / parcel.file_name)


@dataclass(eq=False)
class MailServer:
    """An SMTP server. A connection carries one mail at a time and is kept for the next.

    There are as many connections as mails were ever sent side by side, which the runtime limits.
    """

    url: AnyUrl
    _idle: list[aiosmtplib.SMTP] = field(init=False, default_factory=list)

    async def send(self, parcel: Parcel) -> None:
        with calling(NOTIFICATIONS.name, "send mail", protocol="smtp", address=self.url.host or "", port=self.url.port):
            try:
                if not await self._over_kept_connection(parcel):
                    await self._over_connection(await self._connect(), parcel)
            except aiosmtplib.SMTPException as error:
                raise _verdict(error) from None  # the library's own errors name the recipient
            except OSError as error:  # of TLS
                raise NotTaken(type(error).__name__) from None

    async def _over_kept_connection(self, parcel: Parcel) -> bool:
        """False where there is none, or none that the server has not closed meanwhile."""
        while self._idle:
            connection = self._idle.pop()
            try:
                await self._over_connection(connection, parcel)
            except aiosmtplib.SMTPTimeoutError:
                raise
            except aiosmtplib.SMTPException:
                if connection.is_connected:
                    raise
            else:
                return True
        return False

    async def _over_connection(self, connection: aiosmtplib.SMTP, parcel: Parcel) -> None:
        try:
            await connection.sendmail(parcel.sender, parcel.recipient, parcel.content)
        except asyncio.CancelledError:
            connection.close()  # the answer that is still to come must not count as one to the next mail
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
            local_hostname=socket.gethostname(),  # the default asks the name service, which may take long
            timeout=SECONDS_TO_ANSWER,
        )
        await connection.connect()
        return connection


@lru_cache
def open_transport(settings: MailSettings) -> Transport:
    return MailServer(settings.smtp_url) if settings.smtp_url else Folder(settings.mail_folder)


def _verdict(error: aiosmtplib.SMTPException) -> Refused | NotTaken:
    """For good is what the server refuses of this recipient or of this mail with a code of 500 or more."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        error = error.recipients[0]
    code = error.code if isinstance(error, aiosmtplib.SMTPResponseException) else None
    answer = _ADDRESS.sub("(address)", f"{code or ''} {error.message}".strip())[:500]
    concerns_mail = isinstance(error, aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPDataError)
    return Refused(answer) if concerns_mail and code and code >= 500 else NotTaken(answer)
