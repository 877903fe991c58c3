"""A check that a match is within capacity and stable; it shares no code with what makes the match."""

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
    """What is wrong with a match, in words; an empty list if it is within capacity and stable.

    `choices` are each student's applications and `rankings` each project's, best first. These are wrong:

    - an application is matched that was not made, or that its project does not rank;
    - a student has more than one place, or a project gives more places than it has;
    - an application would leave both its student and its project better off. If the match need not be `stable`, this is
      wrong only where the student has nothing and the project has a free place.
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

    Gale & Shapley call it instability, Roth a blocking pair. The student has nothing, or prefers the application to the
    one that is matched; and the project has a free place, or prefers it to one of those that are matched.
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
        yield f"{application} is matched, but was not made or is not ranked"


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
    """Whom a project would take if they came: anyone while it has a free place, else anyone better than its worst."""
    taken = [position for position, application in enumerate(ranking) if application in matched]
    return ranking if len(taken) < places else ranking[: max(taken, default=0)]
