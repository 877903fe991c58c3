"""Hosts and students as staff see them: who they are, the mails to them, and whether their links were revoked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from services.notifications.rules.mails import PersonKind

CHANGED_ADDRESS: Final = "a change of address"
"""The value of `Revocation.by` where links were revoked because the person's address changed."""


@dataclass(frozen=True, slots=True)
class Person:
    """A host's contact or a student. A student has no organisation."""

    kind: PersonKind
    person_id: str
    name: str
    organisation: str | None
    email: str


@dataclass(frozen=True, slots=True)
class Revocation:
    """All links that a person was sent before a moment were revoked. `by` says by whom, or by what."""

    revoked_at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class MailRecord:
    """A mail to somebody and its outcome. `refusal` is the mail server's answer, without the address."""

    template: str
    due_at: datetime
    state: Literal["due", "sent", "failed"]
    ended_at: datetime | None
    refusal: str | None


def address_changed(before: Person | None, address: str) -> bool:
    """Whether somebody who was known has another address now; upper and lower case are the same."""
    return before is not None and before.email.lower() != address.lower()
