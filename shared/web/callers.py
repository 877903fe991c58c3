"""Callers: their roles, what each role may do, and the links by which people come in."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal, TypeAlias, get_args


class Role(StrEnum):
    """The role of a caller."""

    SYSTEM = "system"
    """Another system of the university."""
    STUDENT = "student"
    HOST = "host"
    VIEWER = "viewer"
    """A member of staff who may only read."""
    REVIEWER = "reviewer"
    """A member of staff who may read, and review projects."""
    STAFF = "staff"
    """A member of staff who may do everything."""


STAFF_ROLES: Final = (Role.VIEWER, Role.REVIEWER, Role.STAFF)
"""In ascending order: each role may do all that the ones before it may."""

PersonKind: TypeAlias = Literal["host", "student"]
"""The kinds of people who come in by a link in a mail."""


class Purpose(StrEnum):
    """What a link in a mail opens."""

    ALL_PAGES = "desk"
    """All of the person's pages. The value must stay: it is in links that were sent."""
    SURVEY = "survey"
    """Only the person's surveys."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever makes a request. `id` is a host's or student's id, a system's name, or an id of a member of staff."""

    role: Role
    id: str
    name: str = ""
    purpose: Purpose = Purpose.ALL_PAGES

    @property
    def is_staff(self) -> bool:
        return self.role is Role.STAFF

    def may_act_as(self, role: Role) -> bool:
        """Whether the caller has this role, or a higher role of staff."""
        if self.role in STAFF_ROLES and role in STAFF_ROLES:
            return STAFF_ROLES.index(self.role) >= STAFF_ROLES.index(role)
        return self.role is role


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a mail, for one person and purpose. `issued_at` and `ends_at` are of the programme's time."""

    kind: PersonKind
    person_id: str
    purpose: Purpose
    issued_at: datetime
    ends_at: datetime
    path: str
    """The page that it leads to."""

    @property
    def caller(self) -> Caller:
        return Caller(Role(self.kind), self.person_id, purpose=self.purpose)


PERSON_KINDS: Final[tuple[PersonKind, ...]] = get_args(PersonKind)
