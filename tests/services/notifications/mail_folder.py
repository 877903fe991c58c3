"""Reads the mails in a folder, where they are written if no mail server is set."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path


def mails(folder: Path, template: str = "") -> list[EmailMessage]:
    """The mails of a template, or all, in the order of their files."""
    files = sorted(folder.glob(f"*-{template}*.eml"))
    return [message_from_bytes(file.read_bytes(), policy=default) for file in files]


def text(mail: EmailMessage) -> str:
    """Its plain text, with single spaces."""
    body = mail.get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())
