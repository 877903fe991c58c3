"""`match_seconds`: the student-optimal match of a large market, beside the packages that solve the same problem."""

import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from random import Random

from benchmarks.figure import Figure, Series
from benchmarks.processes import alone
from benchmarks.servers import BenchServers
from services.matching.rules.deferred_acceptance import student_optimal_match
from services.matching.rules.most_places import fullest_match

STUDENTS = 100_000
PROJECTS = 20_000
CHOICES = 5

PREVIEWED = 5_000
"""Students of the market of which the most places are filled."""

LADDER = (500, 1_000, 3_000, 10_000)
"""Students of the smaller markets, for packages that cannot do the large one; a fifth as many projects."""

LONG_ENOUGH = 5.0
"""Seconds: a package that took so long is tried neither again nor with a larger market."""

DEEP = 500_000_000
"""Bytes of stack: `matching` copies its linked objects recursively."""


@dataclass(frozen=True, slots=True)
class Market:
    """Applications are whole numbers; choices by student and rankings by project, best first; places by project."""

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
"""Puts a market into the dictionaries that the package takes; what it returns is measured: from those to the match."""


def measure(_servers: BenchServers, repeats: int) -> Figure:
    ours: list[Solved] = []
    flow: list[Solved] = []
    for _ in range(repeats):
        ours.append(alone(solve, ours_on, STUDENTS, PROJECTS))
        flow.append(alone(solve, flow_on, STUDENTS, PROJECTS))
    peers = {
        "ninthweek, of the processor": Series(tuple(one.processor_seconds for one in ours), "s"),
        "OR-Tools, min-cost flow": Series(tuple(one.seconds for one in flow), "s"),
    }
    return Figure(
        Series(tuple(one.seconds for one in ours), "s"), peers | _most_places_filled(repeats) | _ladder(repeats)
    )


def _most_places_filled(repeats: int) -> dict[str, Series]:
    """The policy that fills the most places, beside a flow that does, on a market such as a preview shows."""
    packages = {"ninthweek": fullest_on, "OR-Tools": flow_on}
    solved = {
        package: [alone(solve, prepare, PREVIEWED, PREVIEWED // 5) for _ in range(repeats)]
        for package, prepare in packages.items()
    }
    if len({one.matched for runs in solved.values() for one in runs}) > 1:
        raise RuntimeError(f"of {PREVIEWED} students, the packages place {solved}")
    return {
        f"{package}, most places, {PREVIEWED:,} students": Series(tuple(one.seconds for one in runs), "s")
        for package, runs in solved.items()
    }


def _ladder(repeats: int) -> dict[str, Series]:
    """Both packages and ours, side by side, each up to the largest market that it solves in time."""
    packages = {"ninthweek": ours_on, "matching": matching_on, "algmatch": algmatch_on}
    measured: dict[str, Series] = {}
    for students in LADDER:
        solved: dict[str, list[Solved]] = {package: [] for package in packages}
        for _ in range(repeats):
            for package, runs in solved.items():
                if not _takes_long(runs):
                    runs.append(alone(solve, packages[package], students, students // 5))
        if len({one.matched for runs in solved.values() for one in runs}) > 1:
            raise RuntimeError(f"of {students} students, the packages match {solved}")
        for package, runs in solved.items():
            measured[f"{package}, {students:,} students"] = Series(tuple(one.seconds for one in runs), "s")
            if _takes_long(runs):
                del packages[package]
    return measured


def _takes_long(runs: list[Solved]) -> bool:
    return any(one.seconds > LONG_ENOUGH for one in runs)


async def solve(prepare: Solve, students: int, projects: int) -> Solved:
    """In a process that does nothing else."""
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
