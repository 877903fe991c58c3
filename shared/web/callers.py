"""Who may come in: kinds of callers, and what each may do."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal, TypeAlias, get_args


class Role(StrEnum):
    """What kind of caller somebody is."""

    SYSTEM = "system"
    """Another system of the university."""
    STUDENT = "student"
    HOST = "host"
    VIEWER = "viewer"
    """A member of staff who reads."""
    REVIEWER = "reviewer"
    """A member of staff who reads, and reviews projects."""
    STAFF = "staff"
    """A member of staff who does everything."""


STAFF_ROLES: Final = (Role.VIEWER, Role.REVIEWER, Role.STAFF)
"""Each may do what those before it may."""

PersonKind: TypeAlias = Literal["host", "student"]
"""Who comes by a link in a mail."""


class Purpose(StrEnum):
    """What a link in a mail opens."""

    ALL_PAGES = "desk"
    """All of the person's pages; the value is in the links of mails that were sent."""
    SURVEY = "survey"
    """The person's surveys alone."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. `id` is the host's or student's id, the outside system's name, or who the member of staff is."""

    role: Role
    id: str
    name: str = ""
    purpose: Purpose = Purpose.ALL_PAGES

    @property
    def is_staff(self) -> bool:
        return self.role is Role.STAFF

    def may_act_as(self, role: Role) -> bool:
        """Whether this caller has a role, or one of staff that includes it."""
        if self.role in STAFF_ROLES and role in STAFF_ROLES:
            return STAFF_ROLES.index(self.role) >= STAFF_ROLES.index(role)
        return self.role is role


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a mail: for one person and purpose, from the moment it was issued until its end (programme's time)."""

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
