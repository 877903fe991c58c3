"""The settings of mails: how they are sent, and from whom."""

import re
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, AnyUrl, UrlConstraints
from pydantic_settings import BaseSettings, SettingsConfigDict

_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def is_mailbox(address: str) -> bool:
    """Whether any server can send mail to the address: it is ASCII, in its plain form (RFC 5321, Dot-string)."""
    return len(address) <= 254 and _MAILBOX.fullmatch(address) is not None


def _sender(text: str) -> str:
    if not is_mailbox(parseaddr(text)[1]) or not text.isprintable():
        raise ValueError("it is not a sender of the form `Careers Service <careers@university.example>`")
    return text


def _mailbox(text: str) -> str:
    if not is_mailbox(text):
        raise ValueError("it is not an e-mail address of the form `careers@university.example`")
    return text


class MailSettings(BaseSettings):
    """Read from `SMTP_URL`, `MAIL_FOLDER`, `MAIL_FROM` and `STAFF_EMAIL`."""

    model_config = SettingsConfigDict(env_ignore_empty=True, frozen=True, hide_input_in_errors=True)

    smtp_url: Annotated[AnyUrl, UrlConstraints(allowed_schemes=["smtp", "smtps"], host_required=True)] | None = None
    """The mail server: `smtp://user:password@host:25`, which is encrypted where it offers STARTTLS, or `smtps://…`."""

    mail_folder: Path = Path("var/mails")
    """The folder to which mails are written as `.eml` files if no mail server is set."""

    mail_from: Annotated[str, AfterValidator(_sender)] = "Careers Service <careers@ninthweek.example>"
    """The sender of all mails."""

    staff_email: Annotated[str, AfterValidator(_mailbox)] = "careers@ninthweek.example"
    """The address that receives mails to staff, and replies to any mail."""

    @property
    def sender(self) -> str:
        """The address of the sender."""
        return parseaddr(self.mail_from)[1]
