"""The outcome of a match as lists that can be searched: pairs, blocking pairs, and students and places left."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.matching import store
from services.matching.rules.life import Application
from services.matching.rules.people import Student
from services.matching.rules.policies import Policy
from services.matching.rules.preview import Outcome, Preview
from services.matching.rules.projects import Named
from shared.database.connection import Connection


class Part(StrEnum):
    """The lists of an outcome."""

    PAIRS = "pairs"
    BLOCKING = "blocking"
    STUDENTS = "students"
    PROJECTS = "projects"


@dataclass(frozen=True, slots=True)
class Pair:
    """An application with its student and its project, which are none until they are known here."""

    application: Application
    choice: int
    """Which of its student's choices it is."""
    student: Student | None
    project: Named | None

    @property
    def text(self) -> str:
        """The text in which the search looks."""
        names = [self.application.application_id, self.application.student_id, self.application.project_id]
        if self.student:
            names.append(self.student.name)
        if self.project:
            names += [self.project.title, self.project.organisation]
        return " ".join(names)


@dataclass(frozen=True, slots=True)
class StudentLeft:
    """A student who gets nothing, and their applications, the preferred one first."""

    student_id: str
    student: Student | None
    applied: Sequence[Pair]

    @property
    def text(self) -> str:
        return f"{self.student.name if self.student else ''} {' '.join(each.text for each in self.applied)}"


@dataclass(frozen=True, slots=True)
class ProjectLeft:
    """A project with free places, and its applications: the best-ranked first, those without a rank last."""

    project_id: str
    project: Named | None
    free: int
    applied: Sequence[Pair]

    @property
    def text(self) -> str:
        named = f"{self.project.title} {self.project.organisation}" if self.project else ""
        return f"{self.project_id} {named}"


Listed = Pair | StudentLeft | ProjectLeft


async def listed(
    connection: Connection, comparison: Preview, policy: Policy, part: Part, words: Sequence[str]
) -> Sequence[Listed]:
    """The rows of one list of an outcome that contain all of these words, which are in lower case."""
    rows = await _rows(connection, comparison, comparison.outcomes[policy], part)
    return [row for row in rows if all(word in row.text.casefold() for word in words)]


async def _rows(connection: Connection, comparison: Preview, outcome: Outcome, part: Part) -> Sequence[Listed]:
    names = await store.projects.names(
        connection, {each.project_id for each in comparison.applications.values()} | outcome.places_left.keys()
    )
    students = await store.people.students(connection, {each.student_id for each in comparison.applications.values()})
    pairs = {
        each.application_id: Pair(
            each, comparison.choice[each.application_id], students.get(each.student_id), names.get(each.project_id)
        )
        for each in comparison.applications.values()
    }
    match part:
        case Part.PAIRS:
            return sorted((pairs[each.application_id] for each in outcome.matched), key=_by_student)
        case Part.BLOCKING:
            return sorted((pairs[each.application_id] for each in outcome.blocking), key=_by_student)
        case Part.STUDENTS:
            by_student = _grouped(pairs.values(), lambda pair: pair.application.student_id)
            left = [
                StudentLeft(student_id, students.get(student_id), sorted(by_student[student_id], key=_by_choice))
                for student_id in outcome.students_left
            ]
            return sorted(left, key=lambda each: each.text.casefold())
        case Part.PROJECTS:
            by_project = _grouped(pairs.values(), lambda pair: pair.application.project_id)
            return [
                ProjectLeft(project_id, names.get(project_id), free, sorted(by_project[project_id], key=_by_rank))
                for project_id, free in outcome.places_left.items()
            ]


def _grouped(pairs: Iterable[Pair], key: Callable[[Pair], str]) -> dict[str, list[Pair]]:
    grouped: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        grouped[key(pair)].append(pair)
    return grouped


def _by_student(pair: Pair) -> tuple[str, str]:
    return (pair.student.name if pair.student else "", pair.application.application_id)


def _by_choice(pair: Pair) -> int:
    return pair.choice


def _by_rank(pair: Pair) -> tuple[bool, int]:
    return (pair.application.rank is None, pair.application.rank or 0)
