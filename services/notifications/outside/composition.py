"""Composes a mail: headers, text, HTML, and a calendar file where a placement is confirmed or cancelled.

This module, `mail_text.py` and `calendars.py` do no I/O except to read templates. They are adapters all the same: they
know the formats that mail servers, mail programs and calendars expect, and decide nothing.
"""

import hashlib
import quopri
from dataclasses import dataclass
from datetime import datetime
from email import encoders
from email.charset import QP, Charset
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import format_datetime, formataddr, parseaddr
from typing import Any

from services.notifications.outside.mail_text import MailText, one_line, render
from services.notifications.outside.settings import MailSettings, is_mailbox
from services.notifications.rules.mails import DueEmail, MailLink, Recipient
from shared.clock import LOCAL_TIME
from shared.web.callers import Link, Purpose
from shared.web.links import ENTRANCE, link_url
from shared.web.settings import WebSettings

# The classes of `email.mime`, not `EmailMessage`: they compose the same mail in a third of the time.
_WIRE = compat32.clone(linesep="\r\n")

_UTF_8 = Charset("utf-8")
_UTF_8.header_encoding = QP

# Neither quoted-printable nor base64 can contain `=_` (RFC 2045, 6.7), so no part can contain the boundary.
_BOUNDARY = "=_ninthweek_"

STAFF_NAME = "colleagues"


class Refused(Exception):
    """The mail was refused permanently. `reason` says why, without the address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ComposedMail:
    """A mail that is ready to be sent. `file_name` is its name where mails are written to a folder."""

    sender: str
    recipient: str
    file_name: str
    content: bytes


def compose(email: DueEmail, settings: MailSettings, web: WebSettings, *, now: datetime) -> ComposedMail:
    """Compose a stored mail; raises `Refused` if mail cannot be sent to the address on record."""
    recipient = email.address or settings.staff_email
    if not is_mailbox(recipient):
        raise Refused("The address on record is not one that mail can be sent to.")
    content = render(email.template, {**email.facts, **_of_every_mail(email, settings, web)})
    mail = _body(content)
    if "calendar" in email.facts:
        mail = _with_calendar(mail, email, settings, now)
    mail["From"] = _mailbox(*parseaddr(settings.mail_from))
    mail["To"] = _mailbox(one_line(email.name or ""), recipient)
    mail["Reply-To"] = settings.staff_email
    mail["Subject"] = _encoded(content.subject)
    mail["Date"] = format_datetime(now.astimezone(LOCAL_TIME))
    mail["Message-ID"] = message_id(email, settings)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    return ComposedMail(
        sender=settings.sender,
        recipient=recipient,
        file_name=f"{email.email_id}-{email.template}-{email.recipient.id}.eml",
        content=mail.as_bytes(policy=_WIRE),
    )


def _of_every_mail(email: DueEmail, settings: MailSettings, web: WebSettings) -> dict[str, Any]:
    """The facts that the layout of every mail states: its recipient, its link, and when the link ends."""
    link = email.link
    return {
        "name": email.name or STAFF_NAME,
        "staff_email": settings.staff_email,
        "link": link and _url(email.recipient, link, web),
        "link_ends_at": link.ends_at.isoformat() if link and link.ends_at else None,
        "new_link": f"{web.origin}{ENTRANCE}",
    }


def _url(reader: Recipient, link: MailLink, web: WebSettings) -> str:
    """A link that lets its reader in. For staff, who sign in, it is only the address of the page."""
    if reader.kind == "staff" or link.opens is None or link.ends_at is None:
        return f"{web.origin}{link.path}"
    return link_url(Link(reader.kind, reader.id, Purpose(link.opens), link.issued_at, link.ends_at, link.path), web)


def message_id(email: DueEmail, settings: MailSettings) -> str:
    """A digest of event, recipient and template: the same for the same mail, however often it has to be sent."""
    domain = settings.sender.rpartition("@")[2]
    parts = (email.cause, email.recipient.kind, email.recipient.id, email.template)
    return f"<{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:32]}@{domain}>"


def _mailbox(name: str, address: str) -> str:
    return formataddr((name, address)) if _is_plain(name) else f"{_encoded(name)} <{address}>"


def _encoded(text: str) -> str:
    return text if _is_plain(text) else Header(text, _UTF_8, header_name="Subject").encode()


def _is_plain(text: str) -> bool:
    """Whether a header can have the text as it is, without encoded words (RFC 2047)."""
    return text.isascii() and "=?" not in text


def _body(content: MailText) -> MIMEMultipart:
    body = MIMEMultipart("alternative", boundary=f"{_BOUNDARY}alternative")
    body.attach(_part("plain", content.text))
    body.attach(_part("html", content.html))
    return body


def _part(kind: str, text: str) -> MIMENonMultipart:
    part = MIMENonMultipart("text", kind, charset="utf-8")
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(quopri.encodestring(text.encode()).decode("ascii"))
    return part


def _with_calendar(body: MIMEMultipart, email: DueEmail, settings: MailSettings, now: datetime) -> MIMEMultipart:
    # Imported here: few mails have a calendar file, and the library takes 4 MB.
    from services.notifications.outside.calendars import placement_file  # noqa: PLC0415

    method, file = placement_file(email.facts, organiser=settings.staff_email, now=now)
    attachment = MIMEBase("text", "calendar", charset="utf-8", method=method)
    attachment.set_payload(file)
    encoders.encode_base64(attachment)
    attachment.add_header("Content-Disposition", "attachment", filename="placement.ics")
    mixed = MIMEMultipart("mixed", boundary=f"{_BOUNDARY}mixed")
    mixed.attach(body)
    mixed.attach(attachment)
    return mixed
