"""The student-optimal stable match, by deferred acceptance with the students proposing.

Gale & Shapley, "College Admissions and the Stability of Marriage" (1962); in this form, with places on one side, the
hospitals/residents problem: Roth, "The Evolution of the Labor Market for Medical Interns and Residents" (1984).
"""

from collections.abc import Hashable, Mapping, Sequence
from heapq import heappush, heappushpop
from typing import TypeVar

Student = TypeVar("Student", bound=Hashable)
Project = TypeVar("Project", bound=Hashable)
Application = TypeVar("Application", bound=Hashable)


def student_optimal_match(
    choices: Mapping[Student, Sequence[Application]],
    rankings: Mapping[Project, Sequence[Application]],
    places: Mapping[Project, int],
) -> dict[Student, Application]:
    """The application by which each matched student gets a place; the unmatched are absent.

    `choices` are each student's applications and `rankings` each project's, best first, without ties. An application
    that no project ranks is not suitable; a project absent from `places` has none.

    Of all stable matches this is the one in which every student is best off, so there is exactly one, in whatever order
    students and projects are given. O(a log p) for `a` applications and `p` places of a project.
    """
    # An application is a position in all rankings laid end to end; within a project, the lower position is the better.
    applications = [application for ranking in rankings.values() for application in ranking]
    position_of = dict(zip(applications, range(len(applications)), strict=True))
    project_at = [project for project, ranking in enumerate(rankings.values()) for _ in ranking]
    free = [places.get(project, 0) for project in rankings]
    held: list[list[int]] = [[] for _ in free]  # by project, a heap of negated positions: the worst one is on top
    student_at = [-1] * len(applications)
    proposals = [iter(wishes) for wishes in choices.values()]

    for proposer in range(len(proposals)):
        student = proposer
        while (application := next(proposals[student], None)) is not None:
            position = position_of.get(application)
            if position is None:
                continue
            student_at[position] = student
            project = project_at[position]
            if free[project] > 0:
                free[project] -= 1
                heappush(held[project], -position)
                break
            student = student_at[-heappushpop(held[project], -position)]

    students = list(choices)
    return {students[student_at[-kept]]: applications[-kept] for heap in held for kept in heap}
