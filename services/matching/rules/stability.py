"""Whether a match is within capacity and stable; shares nothing with the code that makes one."""

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import TypeVar

Student = TypeVar("Student", bound=Hashable)
Project = TypeVar("Project", bound=Hashable)
Application = TypeVar("Application", bound=Hashable)


def violations(
    choices: Mapping[Student, Sequence[Application]],
    rankings: Mapping[Project, Sequence[Application]],
    places: Mapping[Project, int],
    matched: Collection[Application],
    *,
    stable: bool = True,
) -> list[str]:
    """What is wrong with a match, in words; nothing, if it is within capacity and stable.

    `choices` are each student's applications and `rankings` each project's, best first. It is wrong that someone is
    matched whom the project does not rank or who did not apply, that a student has two places, that a project has more
    than its places, and that an application would leave both its student and its project better off. Of the latter only
    those whose student has nothing and whose project has a free place are wrong in a match that need not be `stable`.
    """
    matched = set(matched)
    return [
        *_unacceptable(choices, rankings, matched),
        *_beyond_capacity(choices, rankings, places, matched),
        *(
            f"{application} would leave its student and its project better off"
            for application in (blocking_pairs if stable else wasted_pairs)(choices, rankings, places, matched)
        ),
    ]


def blocking_pairs(
    choices: Mapping[Student, Sequence[Application]],
    rankings: Mapping[Project, Sequence[Application]],
    places: Mapping[Project, int],
    matched: Collection[Application],
) -> list[Application]:
    """The applications that would leave both their student and their project better off than the match does.

    Gale & Shapley's instability; Roth's blocking pair. The student has nothing or prefers it to what they have, and the
    project has a free place or prefers it to someone it has.
    """
    matched = set(matched)
    envied = {
        application
        for project, ranking in rankings.items()
        for application in _would_be_taken(ranking, places.get(project, 0), matched)
    }
    return [
        application
        for wishes in choices.values()
        for application in takewhile(lambda wish: wish not in matched, wishes)
        if application in envied
    ]


def wasted_pairs(
    choices: Mapping[Student, Sequence[Application]],
    rankings: Mapping[Project, Sequence[Application]],
    places: Mapping[Project, int],
    matched: Collection[Application],
) -> list[Application]:
    """The applications of students who have nothing to projects with a free place."""
    matched = set(matched)
    free = {
        application
        for project, ranking in rankings.items()
        if len(matched.intersection(ranking)) < places.get(project, 0)
        for application in ranking
    }
    return [
        application
        for wishes in choices.values()
        if matched.isdisjoint(wishes)
        for application in wishes
        if application in free
    ]


def _unacceptable(
    choices: Mapping[Student, Sequence[Application]],
    rankings: Mapping[Project, Sequence[Application]],
    matched: set[Application],
) -> Iterator[str]:
    made = {application for wishes in choices.values() for application in wishes}
    ranked = {application for ranking in rankings.values() for application in ranking}
    for application in matched - (made & ranked):
        yield f"{application} is matched, and was not made or not ranked"


def _beyond_capacity(
    choices: Mapping[Student, Sequence[Application]],
    rankings: Mapping[Project, Sequence[Application]],
    places: Mapping[Project, int],
    matched: set[Application],
) -> Iterator[str]:
    for student, wishes in choices.items():
        if len(matched.intersection(wishes)) > 1:
            yield f"student {student} has more than one place"
    for project, ranking in rankings.items():
        if (taken := len(matched.intersection(ranking))) > places.get(project, 0):
            yield f"project {project} has {places.get(project, 0)} places and gives {taken}"


def _would_be_taken(ranking: Sequence[Application], places: int, matched: set[Application]) -> Sequence[Application]:
    """Whom a project would take if they came: anyone while it has a free place, else who is better than its worst."""
    taken = [position for position, application in enumerate(ranking) if application in matched]
    return ranking if len(taken) < places else ranking[: max(taken, default=0)]
