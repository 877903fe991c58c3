"""The match by order of receipt: first come, first served."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

Student = TypeVar("Student", bound=Hashable)
Project = TypeVar("Project", bound=Hashable)
Application = TypeVar("Application", bound=Hashable)


def first_come_match(
    choices: Mapping[Student, Sequence[Application]],
    rankings: Mapping[Project, Sequence[Application]],
    places: Mapping[Project, int],
    received: Sequence[Application],
) -> set[Application]:
    """The applications that get a place: each in the order of `received`, if its project still has one.

    `choices` are each student's applications and `rankings` each project's. Their order does not count: `choices` are
    needed because a student gets at most one place, and `rankings` because an application that no project ranks is not
    suitable. A project that is absent from `places` has none.
    """
    student_of = {application: student for student, wished in choices.items() for application in wished}
    project_of = {application: project for project, ranking in rankings.items() for application in ranking}
    free = dict(places)
    matched: dict[Student, Application] = {}
    for application in received:
        student, project = student_of.get(application), project_of.get(application)
        if student is None or project is None or student in matched:
            continue
        if free.get(project, 0) > 0:
            free[project] -= 1
            matched[student] = application
    return set(matched.values())
