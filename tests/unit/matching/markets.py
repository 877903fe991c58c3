"""Small markets of students and projects, for properties that hold in all markets."""

from dataclasses import dataclass
from itertools import product
from random import Random
from typing import TypeVar

from hypothesis import strategies as st

Given = TypeVar("Given")


@dataclass(frozen=True)
class SmallMarket:
    """Choices by student and rankings by project, best first, and places by project.

    A student may apply to a project twice, and a project may leave an applicant unranked.
    """

    choices: dict[str, list[str]]
    rankings: dict[str, list[str]]
    places: dict[str, int]

    @property
    def project_of(self) -> dict[str, str]:
        return {application: project for project, ranking in self.rankings.items() for application in ranking}

    def shuffled(self, random: Random) -> "SmallMarket":
        """The same market, with students and projects given in another order."""
        return SmallMarket(
            _shuffled(self.choices, random), _shuffled(self.rankings, random), _shuffled(self.places, random)
        )

    def matches(self) -> list[frozenset[str]]:
        """Every way to give each student one of their ranked applications or none, within the projects' places."""
        options = [[None, *(wish for wish in wishes if wish in self.project_of)] for wishes in self.choices.values()]
        every = (frozenset(filter(None, taken)) for taken in product(*options))
        return [match for match in every if all(self.given(match, each) <= self.places[each] for each in self.rankings)]

    def given(self, match: frozenset[str], project: str) -> int:
        return len(match.intersection(self.rankings[project]))

    def is_stable(self, match: frozenset[str]) -> bool:
        """Whether the match is stable by definition: no student and project would both rather have each other."""
        return not any(
            self._student_would(match, student, wish) and self._project_would(match, wish)
            for student, wishes in self.choices.items()
            for wish in wishes
            if wish in self.project_of and wish not in match
        )

    def satisfaction(self, match: frozenset[str], student: str) -> int:
        """How far up the student's wishes their place is; 0 for no place."""
        wishes = self.choices[student]
        return max((len(wishes) - place for place, wish in enumerate(wishes) if wish in match), default=0)

    def _student_would(self, match: frozenset[str], student: str, wish: str) -> bool:
        wishes = self.choices[student]
        return self.satisfaction(match, student) < len(wishes) - wishes.index(wish)

    def _project_would(self, match: frozenset[str], wish: str) -> bool:
        project = self.project_of[wish]
        ranking = self.rankings[project]
        has_room = self.given(match, project) < self.places[project]
        return has_room or any(ranking.index(wish) < ranking.index(taken) for taken in match.intersection(ranking))


def _shuffled(part: dict[str, Given], random: Random) -> dict[str, Given]:
    return dict(random.sample(list(part.items()), len(part)))


@st.composite
def small_markets(draw: st.DrawFn) -> SmallMarket:
    projects = [f"P{number}" for number in range(draw(st.integers(1, 4)))]
    students = [f"S{number}" for number in range(draw(st.integers(0, 5)))]
    choices: dict[str, list[str]] = {}
    applicants: dict[str, list[str]] = {project: [] for project in projects}
    for student in students:
        chosen = draw(st.lists(st.sampled_from(projects), max_size=4))
        choices[student] = [f"{student}-{project}-{number}" for number, project in enumerate(chosen)]
        for application, project in zip(choices[student], chosen, strict=True):
            applicants[project].append(application)
    rankings = {
        project: draw(st.lists(st.sampled_from(applied), unique=True)) if applied else []
        for project, applied in applicants.items()
    }
    return SmallMarket(choices, rankings, {project: draw(st.integers(0, 3)) for project in projects})
