"""The match that fills the most places, and among those the one that students, and then hosts, like best.

It is a minimum-cost assignment, found by shortest augmenting paths, one student after another: Kuhn, "The Hungarian
Method for the Assignment Problem" (1955). Prices keep each search near where it began: Tomizawa, "On Some Techniques
Useful for Solution of Transportation Network Problems" (1971), and Jonker & Volgenant, "A Shortest Augmenting Path
Algorithm for Dense and Sparse Linear Assignment Problems" (1987).

Two things differ from the textbook. A project with several places holds several students. And every student has one
more choice, to go without a place, which costs more than all others together.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import NamedTuple, TypeVar

Student = TypeVar("Student", bound=Hashable)
Project = TypeVar("Project", bound=Hashable)
Application = TypeVar("Application", bound=Hashable)


def fullest_match(
    choices: Mapping[Student, Sequence[Application]],
    rankings: Mapping[Project, Sequence[Application]],
    places: Mapping[Project, int],
) -> set[Application]:
    """The applications that get a place: at most one of each student, and no more of a project than it has places.

    `choices` are each student's applications and `rankings` each project's, best first, without ties. An application
    that no project ranks is not suitable. A project that is absent from `places` has none.

    Of all matches this one places the most students. Among those that do, it has the least sum of the positions of the
    students' choices; and among those, the least sum of their ranks at the hosts. If several matches are equal in all
    three, the order in which students and projects are given decides. The match need not be stable. At worst
    O(a log a) for each student, for `a` applications.
    """
    ranked = [
        (application, project, rank)
        for project, ranking in enumerate(rankings.values())
        for rank, application in enumerate(ranking)
    ]
    position_of = {application: position for position, (application, _, _) in enumerate(ranked)}
    one_choice = 1 + sum(rank for _, _, rank in ranked)  # dearer than any sum of ranks
    wishes = [
        [
            _Wish(position, ranked[position][1], choice * one_choice + ranked[position][2])
            for choice, position in enumerate(map(position_of.get, wished))
            if position is not None
        ]
        for wished in choices.values()
    ]
    assignment = _Assignment(wishes, [max(places.get(project, 0), 0) for project in rankings])
    for student in range(len(wishes)):
        assignment.admit(student)
    return {ranked[wish.application][0] for wish in assignment.has if wish is not None}


class _Wish(NamedTuple):
    """A student's application, its project, and what it costs to grant it."""

    application: int
    project: int
    cost: int


@dataclass(slots=True)
class _Search:
    """Dijkstra's search from a student, over projects.

    The paths count until a newcomer has a place at the project. If all its places are taken, one of their holders has
    yet to move on.
    """

    cost: dict[int, int] = field(default_factory=dict)
    """By project: the cost of the cheapest path known."""

    newcomer: dict[int, tuple[int, _Wish]] = field(default_factory=dict)
    """By project: who would come there by that path, and by which application."""

    open: list[tuple[int, int]] = field(default_factory=list)
    """The queue: costs and projects, the cheapest on top."""


class _Assignment:
    """The place of each student who was admitted, and the price that each project asks for one.

    Between admissions, no other way to place these students costs less. The prices prove it (complementary slackness):
    no price is negative; a project with a free place asks nothing; and for no student would another place, or none,
    cost less than the one they have, prices included.
    """

    def __init__(self, wishes: Sequence[Sequence[_Wish]], places: Sequence[int]) -> None:
        self.has: list[_Wish | None] = [None] * len(wishes)
        self._wishes = wishes
        self._places = places
        self._price = [0] * len(places)
        self._holders: list[set[int]] = [set() for _ in places]
        self._no_place = 1 + sum(max((wish.cost for wish in wished), default=0) for wished in wishes)

    def admit(self, student: int) -> None:
        """Admit a student in the way that costs least in all.

        They get a free place, or one whose holder moves on, or somebody goes without a place: a holder or they.
        """
        search = _Search()
        self._look_around(student, 0, search)
        loser, least, free = student, self._no_place, None
        passed: list[int] = []
        while search.open and search.open[0][0] < least:
            cost, project = heappop(search.open)
            if cost > search.cost[project]:
                continue
            if len(self._holders[project]) < self._places[project]:
                least, free = cost, project
                break
            passed.append(project)
            for holder, wish in self._holders_of(project):
                paid = cost - wish.cost - self._price[project]
                if paid + self._no_place < least:
                    loser, least = holder, paid + self._no_place
                self._look_around(holder, paid, search)
        for project in passed:
            self._price[project] += least - search.cost[project]
        self._move_up(search, free if free is not None else self._leave(loser))

    def _look_around(self, student: int, paid: int, search: _Search) -> None:
        for wish in self._wishes[student]:
            cost = paid + wish.cost + self._price[wish.project]
            if cost < search.cost.get(wish.project, cost + 1):
                search.cost[wish.project] = cost
                search.newcomer[wish.project] = (student, wish)
                heappush(search.open, (cost, wish.project))

    def _holders_of(self, project: int) -> Iterator[tuple[int, _Wish]]:
        for holder in self._holders[project]:
            if wish := self.has[holder]:
                yield holder, wish

    def _move_up(self, search: _Search, vacancy: int | None) -> None:
        """Go back along the path that was found: at each project the newcomer takes the vacancy, and leaves another."""
        while vacancy is not None:
            newcomer, wish = search.newcomer[vacancy]
            vacancy = self._leave(newcomer)
            self.has[newcomer] = wish
            self._holders[wish.project].add(newcomer)

    def _leave(self, student: int) -> int | None:
        """Take a student's place away. Returns the project that has a vacancy now; none if the student had no place."""
        wish, self.has[student] = self.has[student], None
        if wish is None:
            return None
        self._holders[wish.project].remove(student)
        return wish.project
