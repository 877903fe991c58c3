"""`match_seconds`: the student-optimal match of a large market, beside the packages that solve the same problem."""

import sys
import threading
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from random import Random

from benchmarks.figure import Measured, Reading, Sizes
from benchmarks.processes import alone
from benchmarks.servers import BenchServers
from services.matching.rules.deferred_acceptance import student_optimal_match
from services.matching.rules.most_places import fullest_match


@dataclass(frozen=True, slots=True)
class Markets:
    """How many students each market has; it has a fifth as many projects."""

    whole: int
    previewed: int
    """The market on which the policy is measured that fills the most places."""

    ladder: tuple[int, ...]
    """The smaller markets, for packages that cannot do the large one."""


SIZES = Sizes(
    smallest=Markets(whole=500, previewed=100, ladder=(50,)),
    usual=Markets(whole=100_000, previewed=5_000, ladder=(500, 1_000, 3_000, 10_000)),
)

CHOICES = 5

LONG_ENOUGH = 5.0
"""Seconds: a package that took so long is tried neither again nor with a larger market."""

DEEP = 500_000_000
"""Bytes of stack: `matching` copies its linked objects recursively."""


@dataclass(frozen=True, slots=True)
class Market:
    """Students and projects. Applications are numbers: `choices` by student and `rankings` by project, best first."""

    choices: dict[int, list[int]]
    rankings: dict[int, list[int]]
    places: dict[int, int]
    wished: dict[int, list[int]]
    """Each student's projects, best first."""
    ranked: dict[int, list[int]]
    """Each project's students, best first."""

    @classmethod
    def made_up(cls, students: int, projects: int) -> "Market":
        """Some projects are far more popular than others, and each ranks all who apply."""
        random = Random(students)  # noqa: S311 - nothing is secret here
        popularity = list(accumulate(1 / (rank + projects / 20) for rank in range(projects)))
        wished: dict[int, list[int]] = {}
        ranked: dict[int, list[int]] = defaultdict(list)
        for student in range(students):
            drawn = random.choices(range(projects), cum_weights=popularity, k=CHOICES * 4)
            wished[student] = list(dict.fromkeys(drawn))[:CHOICES]
            for project in wished[student]:
                ranked[project].append(student)
        for ranking in ranked.values():
            random.shuffle(ranking)
        return cls(
            choices={
                student: [student * projects + project for project in wishes] for student, wishes in wished.items()
            },
            rankings={project: [student * projects + project for student in rank] for project, rank in ranked.items()},
            places={project: random.randint(1, 2 * students // projects - 1) for project in ranked},
            wished=wished,
            ranked=dict(ranked),
        )


@dataclass(frozen=True, slots=True)
class Solved:
    """How long it took, and how many students have a place."""

    seconds: float
    processor_seconds: float
    matched: int


Solve = Callable[[Market], Callable[[], int]]
"""Puts a market into the dictionaries that a package takes, and returns the call that is measured: the match itself."""


async def measure(_servers: BenchServers, markets: Markets) -> AsyncIterator[Reading]:
    beaten: set[tuple[str, int]] = set()
    while True:
        ours = await solved_alone(ours_on, markets.whole)
        flow = await solved_alone(flow_on, markets.whole)
        peers = {
            "ninthweek, of the processor": Measured(ours.processor_seconds, "s"),
            "OR-Tools, min-cost flow": Measured(flow.seconds, "s"),
        }
        peers |= await _most_places_filled(markets.previewed)
        for students in markets.ladder:
            peers |= await _side_by_side(students, beaten)
        yield Reading(Measured(ours.seconds, "s"), peers)


async def _most_places_filled(students: int) -> dict[str, Measured]:
    """The policy that fills the most places, beside a flow that does, on a market such as a preview shows."""
    solved = {"ninthweek": await solved_alone(fullest_on, students), "OR-Tools": await solved_alone(flow_on, students)}
    _check_equal(solved, students)
    return {
        f"{package}, most places, {students:,} students": Measured(one.seconds, "s") for package, one in solved.items()
    }


async def _side_by_side(students: int, beaten: set[tuple[str, int]]) -> dict[str, Measured]:
    """Both packages and ours; a package that took too long with a market joins the `beaten`."""
    packages = {"ninthweek": ours_on, "matching": matching_on, "algmatch": algmatch_on}
    solved = {
        package: await solved_alone(prepare, students)
        for package, prepare in packages.items()
        if not any(name == package and students >= too_many for name, too_many in beaten)
    }
    _check_equal(solved, students)
    beaten.update((package, students) for package, one in solved.items() if one.seconds > LONG_ENOUGH)
    return {f"{package}, {students:,} students": Measured(one.seconds, "s") for package, one in solved.items()}


def _check_equal(solved: dict[str, Solved], students: int) -> None:
    if len({one.matched for one in solved.values()}) > 1:
        raise RuntimeError(f"of {students} students, the packages place {solved}")


async def solved_alone(prepare: Solve, students: int) -> Solved:
    """Solve a market in a process that does nothing else."""
    return await alone(solve, prepare, students, students // 5)


async def solve(prepare: Solve, students: int, projects: int) -> Solved:
    run = prepare(Market.made_up(students, projects))
    began, processor_began = time.perf_counter(), time.process_time()
    matched = run()
    return Solved(time.perf_counter() - began, time.process_time() - processor_began, matched)


def ours_on(market: Market) -> Callable[[], int]:
    return lambda: len(student_optimal_match(market.choices, market.rankings, market.places))


def fullest_on(market: Market) -> Callable[[], int]:
    return lambda: len(fullest_match(market.choices, market.rankings, market.places))


def matching_on(market: Market) -> Callable[[], int]:
    from matching.games import HospitalResident  # noqa: PLC0415 - no other process needs it

    residents = {f"S{student}": [f"P{project}" for project in wished] for student, wished in market.wished.items()}
    hospitals = {f"P{project}": [f"S{student}" for student in ranked] for project, ranked in market.ranked.items()}
    capacities = {f"P{project}": places for project, places in market.places.items()}

    def run() -> int:
        game = HospitalResident.create_from_dictionaries(residents, hospitals, capacities)
        return sum(map(len, game.solve().values()))

    return partial(_with_a_deep_stack, run)


def _with_a_deep_stack(run: Callable[[], int]) -> int:
    """It copies its linked objects recursively: with the usual stack it cannot do 500 students."""
    threading.stack_size(DEEP)
    sys.setrecursionlimit(10_000_000)
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(run).result()


def algmatch_on(market: Market) -> Callable[[], int]:
    from algmatch import HospitalResidentsProblem  # noqa: PLC0415

    given = {
        "residents": {student + 1: [project + 1 for project in wished] for student, wished in market.wished.items()},
        "hospitals": {
            project + 1: {"capacity": market.places[project], "preferences": [student + 1 for student in ranked]}
            for project, ranked in market.ranked.items()
        },
    }

    def run() -> int:
        matched = HospitalResidentsProblem(dictionary=given).get_stable_matching()
        return sum(map(bool, matched["resident_sided"].values()))

    return run


def flow_on(market: Market) -> Callable[[], int]:
    """As many students with a place as can be, and then their better choices: another aim, which a flow has."""
    import numpy as np  # noqa: PLC0415
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow  # noqa: PLC0415

    students = len(market.choices)
    source, sink = 0, 1 + students + 1 + max(market.places)
    arcs = [(source, 1 + student, 1, 0) for student in market.choices]
    for student, wished in market.wished.items():
        arcs += [(1 + student, 1 + students + project, 1, rank**2) for rank, project in enumerate(wished)]
    arcs += [(1 + students + project, sink, places, 0) for project, places in market.places.items()]
    tails, heads, capacities, costs = (np.array(column) for column in zip(*arcs, strict=True))

    def run() -> int:
        flow = SimpleMinCostFlow()
        flow.add_arcs_with_capacity_and_unit_cost(tails, heads, capacities, costs)
        flow.set_node_supply(source, students)
        flow.set_node_supply(sink, -students)
        if flow.solve_max_flow_with_min_cost() != flow.OPTIMAL:
            raise RuntimeError("the flow has no solution")
        return int(flow.maximum_flow())

    return run
