"""Hosts and students as staff see them: who they are, what they were told, and whether their links were revoked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from services.notifications.rules.mails import PersonKind

CHANGED_ADDRESS: Final = "a change of address"
"""Who revokes the links of somebody whose address is another one now."""


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
    """All links that a person was sent before a moment were revoked; `by` whom, or what."""

    revoked_at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class ToldMail:
    """A mail to somebody, and what became of it. `refusal` is the mail server's, without the address."""

    template: str
    due_at: datetime
    state: Literal["due", "sent", "failed"]
    ended_at: datetime | None
    refusal: str | None


def has_moved(before: Person | None, address: str) -> bool:
    """Whether somebody who was known has another address now; another case of the same letters is none."""
    return before is not None and before.email.lower() != address.lower()
