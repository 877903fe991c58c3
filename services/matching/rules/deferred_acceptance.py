"""The student-optimal stable match, by deferred acceptance with the students proposing.

Gale & Shapley, "College Admissions and the Stability of Marriage" (1962); in this form, with places on one side, the
hospitals/residents problem: Roth, "The Evolution of the Labor Market for Medical Interns and Residents" (1984).
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from heapq import heappushpop
from typing import TypeVar

Student = TypeVar("Student", bound=Hashable)
Project = TypeVar("Project", bound=Hashable)
Application = TypeVar("Application", bound=Hashable)


def student_optimal_match(
    choices: Mapping[Student, Sequence[Application]],
    rankings: Mapping[Project, Sequence[Application]],
    places: Mapping[Project, int],
) -> set[Application]:
    """The applications that get a place: at most one of each student, and no more of a project than it has places.

    `choices` are each student's applications and `rankings` each project's, best first, without ties. An application
    that no project ranks is not suitable. A project that is absent from `places` has none.

    Of all stable matches this is the one in which every student is best off. There is exactly one such match, so the
    order in which students and projects are given does not matter. O(a log p) for `a` applications and `p` places of a
    project.
    """
    # An application is a number: its position in all rankings laid end to end. So within a project, the lower number is
    # the better one. A free place is held by `nobody`, a number that is worse than all.
    applications = [application for ranking in rankings.values() for application in ranking]
    position_of = dict(zip(applications, range(len(applications)), strict=True))
    nobody = len(applications)
    # A project has a heap of negated positions, one for each of its places, the worst on top.
    held = [[-nobody] * min(places.get(project, 0), len(ranking)) for project, ranking in rankings.items()]
    held_at = [heap for heap, ranking in zip(held, rankings.values(), strict=True) for _ in ranking]
    # A student is an iterator over the choices that are left to them.
    proposer_at: list[Iterator[Application] | None] = [None] * (nobody + 1)

    for wishes in choices.values():
        proposer: Iterator[Application] | None = iter(wishes)
        while proposer is not None and (application := next(proposer, None)) is not None:
            position = position_of.get(application)
            if position is not None:
                proposer_at[position] = proposer
                proposer = proposer_at[-heappushpop(held_at[position], -position)]

    return {applications[-position] for heap in held for position in heap if position != -nobody}
