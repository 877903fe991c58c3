"""The policies compared by their matches: as a preview, or beside the match that went out."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

from services.matching.rules import stability
from services.matching.rules.life import Application
from services.matching.rules.people import LEVELS, Student
from services.matching.rules.policies import Market, Policy, market_of, match_under

UNKNOWN: Final = "Not known"


@dataclass(frozen=True, slots=True)
class Group:
    """A group of students: how many applied, got a place, and got their first choice."""

    name: str
    applied: int
    placed: int
    first_choice: int

    @property
    def rate(self) -> float:
        """The share that got a place, 0 to 1."""
        return self.placed / self.applied


@dataclass(frozen=True, slots=True)
class Outcome:
    """A match under a policy, and its figures."""

    policy: Policy
    matched: Sequence[Application]
    places: int
    students: int
    """How many students had applications that stood, ranked or not."""

    choices: Mapping[int, int]
    """By choice, 1 the preferred one: how many students got it."""

    blocking: Sequence[Application]
    """The applications that would leave both their student and their project better off."""

    students_left: Sequence[str]
    """The ids of students who got nothing."""

    places_left: Mapping[str, int]
    """By project: how many of its places nobody got. Projects without such places are absent."""

    @property
    def lowest_choice(self) -> int:
        """The least preferred choice that anybody got; 0 if nobody got any."""
        return max(self.choices, default=0)

    @property
    def hosts_mean_rank(self) -> float | None:
        """The mean rank that hosts gave those whom they got, 1 the best; none if nobody is matched."""
        return fmean(each.rank or 0 for each in self.matched) if self.matched else None


@dataclass(frozen=True, slots=True)
class Preview:
    """The applications of a round, and the outcome under each policy."""

    applications: Mapping[str, Application]
    """By id: all that stand, ranked or not."""

    choice: Mapping[str, int]
    """By application: which of its student's choices it is among those that stand, 1 the preferred one."""

    outcomes: Mapping[Policy, Outcome]


def preview(applications: Collection[Application], places: Mapping[str, int]) -> Preview:
    """What the match of these applications would be under each policy; `places` are those that projects can give."""
    market = market_of(applications, places)
    matches = {policy: match_under(policy, market) for policy in Policy}
    return _judged(applications, market, matches)


def review(
    applications: Collection[Application], places: Mapping[str, int], policy: Policy, matched: Collection[str]
) -> Preview:
    """The match that went out under a policy, beside what the others would have been."""
    market = market_of(applications, places)
    matches = {each: match_under(each, market) for each in Policy} | {policy: set(matched)}
    return _judged(applications, market, matches)


def _judged(
    applications: Collection[Application], market: Market, matches: Mapping[Policy, Collection[str]]
) -> Preview:
    by_id = {each.application_id: each for each in applications}
    choice = _choices(applications)
    outcomes = {policy: _outcome(policy, matched, by_id, choice, market) for policy, matched in matches.items()}
    return Preview(by_id, choice, outcomes)


def _outcome(
    policy: Policy,
    matched: Collection[str],
    applications: Mapping[str, Application],
    choice: Mapping[str, int],
    market: Market,
) -> Outcome:
    taken = [applications[each] for each in sorted(matched)]
    given = Counter(each.project_id for each in taken)
    students = {each.student_id for each in applications.values()}
    blocking = stability.blocking_pairs(market.choices, market.rankings, market.free_places, matched)
    return Outcome(
        policy=policy,
        matched=taken,
        places=sum(market.free_places.values()),
        students=len(students),
        choices=Counter(choice[each.application_id] for each in taken),
        blocking=[applications[each] for each in blocking],
        students_left=sorted(students - {each.student_id for each in taken}),
        places_left={
            project: places - given[project]
            for project, places in sorted(market.free_places.items())
            if places > given[project]
        },
    )


def _choices(applications: Iterable[Application]) -> dict[str, int]:
    by_student: dict[str, list[Application]] = defaultdict(list)
    for application in applications:
        by_student[application.student_id].append(application)
    return {
        application.application_id: place
        for wishes in by_student.values()
        for place, application in enumerate(sorted(wishes, key=lambda each: each.wish), start=1)
    }


def _level(student: Student) -> str:
    return LEVELS.get(student.level, student.level).capitalize()


def _domicile(student: Student) -> str:
    return student.domicile


def _division(student: Student) -> str:
    return student.division


GROUPINGS: Final[Mapping[str, Callable[[Student], str]]] = {
    "Level of study": _level,
    "Domicile": _domicile,
    "Division": _division,
}
"""The groups in which students are compared, to see whether they are treated alike."""


def groups(
    comparison: Preview, policy: Policy, students: Mapping[str, Student], group_of: Callable[[Student], str]
) -> list[Group]:
    """How each group of students fares under a policy; students who are not known here are a group of their own."""
    names = {
        each.student_id: group_of(students[each.student_id]) if each.student_id in students else UNKNOWN
        for each in comparison.applications.values()
    }
    matched = comparison.outcomes[policy].matched
    applied = Counter(names.values())
    placed = Counter(names[each.student_id] for each in matched)
    first = Counter(names[each.student_id] for each in matched if comparison.choice[each.application_id] == 1)
    return [Group(name, applied[name], placed[name], first[name]) for name in sorted(applied)]
