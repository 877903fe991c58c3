"""The policies by which a round can be matched, and the match under each.

Under every policy a match is within capacity, gives places only to applicants whom their host ranks, and leaves no
place free that a student with nothing could have. Only the stable match also leaves no student and project who would
both be better off with each other.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.matching.rules import stability
from services.matching.rules.deferred_acceptance import student_optimal_match
from services.matching.rules.first_come import first_come_match
from services.matching.rules.life import Application
from services.matching.rules.most_places import fullest_match


class Policy(StrEnum):
    """What the match is to achieve."""

    STABLE = "stable"
    MOST_PLACES = "most_places"
    FIRST_COME = "first_come"


@dataclass(frozen=True, slots=True)
class Market:
    """Applications that stand and are ranked, and how many places their projects have free."""

    choices: Mapping[str, Sequence[str]]
    """Each student's applications, the preferred one first."""

    rankings: Mapping[str, Sequence[str]]
    """Each project's applicants, best first."""

    free_places: Mapping[str, int]

    received: Sequence[str]
    """All of these applications, the earliest first."""


def market_of(applications: Iterable[Application], free_places: Mapping[str, int]) -> Market:
    """The market of the ranked ones among these applications, students and projects in the order of their ids."""
    by_student: dict[str, list[Application]] = defaultdict(list)
    by_project: dict[str, list[Application]] = defaultdict(list)
    ranked = [application for application in applications if application.rank is not None]
    for application in ranked:
        by_student[application.student_id].append(application)
        by_project[application.project_id].append(application)
    return Market(
        choices={
            student: _ids(sorted(by_student[student], key=lambda each: each.wish)) for student in sorted(by_student)
        },
        rankings={project: _ids(sorted(by_project[project], key=_by_rank)) for project in sorted(by_project)},
        free_places=free_places,
        received=_ids(sorted(ranked, key=_by_receipt)),
    )


def match_under(policy: Policy, market: Market) -> set[str]:
    """The applications that get a place under a policy."""
    match policy:
        case Policy.STABLE:
            return student_optimal_match(market.choices, market.rankings, market.free_places)
        case Policy.MOST_PLACES:
            return fullest_match(market.choices, market.rankings, market.free_places)
        case Policy.FIRST_COME:
            return first_come_match(market.choices, market.rankings, market.free_places, market.received)


def violations(policy: Policy, market: Market, matched: Collection[str]) -> list[str]:
    """What is wrong with a match made under a policy, in words; an empty list if all is right."""
    return stability.violations(
        market.choices, market.rankings, market.free_places, matched, stable=policy is Policy.STABLE
    )


def _ids(applications: Iterable[Application]) -> list[str]:
    return [application.application_id for application in applications]


def _by_rank(application: Application) -> tuple[int, str]:
    return (application.rank or 0, application.application_id)


def _by_receipt(application: Application) -> tuple[datetime, int, str]:
    return (application.received_at, application.preference, application.application_id)
