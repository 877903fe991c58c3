"""The match that fills the most places, and among those the one that students, and then hosts, like best.

A minimum-cost assignment by shortest augmenting paths, one student after another: Kuhn, "The Hungarian Method for the
Assignment Problem" (1955); with prices, so that a search stays near where it began: Tomizawa, "On Some Techniques
Useful for Solution of Transportation Network Problems" (1971), and Jonker & Volgenant, "A Shortest Augmenting Path
Algorithm for Dense and Sparse Linear Assignment Problems" (1987). A project of several places holds several students;
to go without a place is one more choice that everybody has, and costs more than all others together.
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
    """The applications that get a place: at most one of each student, and of each project as many as it has places.

    `choices` are each student's applications and `rankings` each project's, best first, without ties. An application
    that no project ranks is not suitable; a project absent from `places` has none.

    Of all matches it places the most students; of those, the sum of their choices' positions is the least; of those,
    the sum of their ranks at the hosts. Where several are equal in all three, the order in which students and projects
    are given decides. It need not be stable. At worst O(a log a) a student, for `a` applications.
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
    """A student's application, the project that it is to, and what it costs to grant it."""

    application: int
    project: int
    cost: int


@dataclass(slots=True)
class _Search:
    """Dijkstra's search from a student, by project: what the cheapest way known costs until a newcomer has a place
    there, and who that is. Its holder, where all places are taken, has yet to move.
    """

    cost: dict[int, int] = field(default_factory=dict)
    newcomer: dict[int, tuple[int, _Wish]] = field(default_factory=dict)
    open: list[tuple[int, int]] = field(default_factory=list)


class _Assignment:
    """Which place each student has who was admitted, and what each project asks for one.

    Between admissions no way to place them costs less. The prices show it: none is negative, a project with a free
    place asks nothing, and for nobody would another place, or none, cost less than what they have, prices included
    (complementary slackness).
    """

    def __init__(self, wishes: Sequence[Sequence[_Wish]], places: Sequence[int]) -> None:
        self.has: list[_Wish | None] = [None] * len(wishes)
        self._wishes = wishes
        self._places = places
        self._price = [0] * len(places)
        self._holders: list[set[int]] = [set() for _ in places]
        self._no_place = 1 + sum(max((wish.cost for wish in wished), default=0) for wished in wishes)

    def admit(self, student: int) -> None:
        """Give a student a place: a free one, or one whose holder moves on or goes without; what costs least in all."""
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
        """Back along the way that was found: whoever was to come takes the vacancy, and leaves another."""
        while vacancy is not None:
            newcomer, wish = search.newcomer[vacancy]
            vacancy = self._leave(newcomer)
            self.has[newcomer] = wish
            self._holders[wish.project].add(newcomer)

    def _leave(self, student: int) -> int | None:
        """The project that has a place more; none where the student had none."""
        wish, self.has[student] = self.has[student], None
        if wish is None:
            return None
        self._holders[wish.project].remove(student)
        return wish.project
