"""The kinds of visitors that the tables name."""

from enum import StrEnum
from typing import Final


class Visitor(StrEnum):
    """Somebody who asks a route. What the route is about belongs to `STUDENT` and `HOST`, not to the other ones."""

    NOBODY = "nobody"
    STUDENT = "student"
    ANOTHER_STUDENT = "another student"
    HOST = "host"
    ANOTHER_HOST = "another host"
    VIEWER = "viewer"
    REVIEWER = "reviewer"
    STAFF = "staff"


Access = dict[str, frozenset[Visitor]]
"""Whom a route lets in, by method and path."""

EVERYBODY: Final = frozenset(Visitor)
NOBODY_AT_ALL: Final[frozenset[Visitor]] = frozenset()
STUDENTS: Final = frozenset({Visitor.STUDENT, Visitor.ANOTHER_STUDENT})
THE_STUDENT: Final = frozenset({Visitor.STUDENT})
HOSTS: Final = frozenset({Visitor.HOST, Visitor.ANOTHER_HOST})
THE_HOST: Final = frozenset({Visitor.HOST})
STAFF: Final = frozenset({Visitor.STAFF})
REVIEWERS: Final = STAFF | {Visitor.REVIEWER}
VIEWERS: Final = REVIEWERS | {Visitor.VIEWER}
