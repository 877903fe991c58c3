"""A check of a round's recorded history: whether every step was right. It is separate from the code that decides."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from services.matching.rules import life, stability
from services.matching.rules.life import HOLDS_A_PLACE, STANDS, State
from services.matching.rules.policies import Policy
from shared.workflow import Step

BY_THE_MATCH = frozenset({life.MATCH.name, life.NOT_SUITABLE.name, life.WAITLIST.name})
"""Steps that are first taken by the match."""

MOVES = frozenset(
    (transition.name, before, transition.after, transition.by)
    for transition in life.TRANSITIONS
    for before in transition.before
)


@dataclass(frozen=True, slots=True)
class Applied:
    """An application: its student, its project, and its place among its student's wishes, the lowest preferred."""

    student_id: str
    project_id: str
    wish: tuple[int, datetime, str]


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """A step of an application. Steps of the same `cause`, a message or a request, were decided together."""

    application_id: str
    cause: str
    step: Step[State]


Together = Sequence[RecordedStep]
"""All steps that one message or one request decided."""


@dataclass(frozen=True, slots=True)
class RoundHistory:
    """A round: its cut-off, its projects' places and rankings (best first), its applications and all their steps.

    The policy is that of its match. Places and cut-off are today's: the check assumes that they never changed.
    """

    waiting_list_ends_at: datetime
    places: Mapping[str, int]
    rankings: Mapping[str, Sequence[str]]
    applications: Mapping[str, Applied]
    steps: Sequence[RecordedStep]
    first_round_applications: Collection[str] = ()
    """For a second round: the applications of its first round. They belong to its history since both share places."""
    policy: Policy = Policy.STABLE


def violations(history: RoundHistory) -> list[str]:
    """What was wrong in a round, in words; an empty list if all was right.

    What is checked:

    - Each step leads from the state in which the application was, and is taken by somebody who may take it.
    - The match is within capacity, and stable if its policy promises that.
    - No student holds two places, and no project gives more places than it has.
    - An accepted offer ends the student's other applications. An offer that is declined or ignored ends that
      application only.
    - Until the cut-off, and after all steps of each message or request, nobody waits for a free place: no ranked
      application stands whose project has a place free and whose student holds nothing. A place that was offered on
      went to the best-ranked of those who waited for it.
    - From the cut-off on, no place is offered on.

    After each step only the students and projects that it touches are checked, so 10,000 applications take about a
    second.
    """
    replay = _Replay(history)
    return [violation for together in _decided_together(history) for violation in _wrong_in(together, replay)]


def _decided_together(history: RoundHistory) -> Iterator[Together]:
    """The steps, grouped by cause, in the order of each cause's first step.

    The steps of one cause need not be adjacent: those of applications that arrived meanwhile may lie between them.
    """
    order: dict[str, int] = {}
    for recorded in history.steps:
        order.setdefault(recorded.cause, len(order))
    for _, together in groupby(sorted(history.steps, key=lambda each: order[each.cause]), key=lambda each: each.cause):
        yield list(together)


class _Replay:
    """The round as it was after each of its steps."""

    def __init__(self, history: RoundHistory) -> None:
        self.history = history
        self.states: dict[str, State] = {}
        self.matched = False
        self.rank = {
            application: rank for ranking in history.rankings.values() for rank, application in enumerate(ranking)
        }
        self.by_student: dict[str, list[str]] = defaultdict(list)
        for application, applied in history.applications.items():
            self.by_student[applied.student_id].append(application)
        self._taken: Counter[str] = Counter()
        self._holding: Counter[str] = Counter()

    def apply(self, recorded: RecordedStep) -> None:
        applied, step = self.history.applications[recorded.application_id], recorded.step
        places = (step.after in HOLDS_A_PLACE) - (step.before in HOLDS_A_PLACE)
        self._taken[applied.project_id] += places
        self._holding[applied.student_id] += places
        self.states[recorded.application_id] = step.after

    def stands(self, application: str) -> bool:
        return self.states.get(application) in STANDS

    def held_by(self, student: str) -> int:
        return self._holding[student]

    def free_places(self, project: str) -> int:
        return self.history.places.get(project, 0) - self._taken[project]

    def next_in_line(self, project: str) -> str | None:
        """The best-ranked application that stands and whose student holds nothing."""
        applications = self.history.applications
        return next(
            (
                application
                for application in self.history.rankings.get(project, ())
                if self.stands(application) and not self.held_by(applications[application].student_id)
            ),
            None,
        )


def _wrong_in(together: Together, replay: _Replay) -> Iterator[str]:
    history = replay.history
    is_match = not replay.matched and any(
        recorded.step.transition in BY_THE_MATCH and recorded.application_id not in history.first_round_applications
        for recorded in together
    )
    standing = [application for application in replay.states if replay.stands(application)] if is_match else []
    free_places = {project: replay.free_places(project) for project in history.places} if is_match else {}
    for recorded in together:
        yield from _wrong_in_step(recorded, replay)
        replay.apply(recorded)
    if is_match:
        replay.matched = True
        yield from _wrong_in_match(standing, free_places, together, history)
    yield from _wrong_among_students(together, replay)
    yield from _wrong_among_projects(together, replay)
    yield from _wrong_in_offering_on(together, replay)


def _wrong_in_step(recorded: RecordedStep, replay: _Replay) -> Iterator[str]:
    step, state = recorded.step, replay.states.get(recorded.application_id)
    if step.before != state:
        yield f"{recorded.application_id}: {step.transition} leads from {step.before}, but the state was {state}"
    if (step.transition, step.before, step.after, step.by) not in MOVES:
        move = f"{step.transition} by {step.by} from {step.before} to {step.after}"
        yield f"{recorded.application_id}: {move} is no transition"


def _wrong_in_match(
    standing: Sequence[str], free_places: Mapping[str, int], together: Together, history: RoundHistory
) -> Iterator[str]:
    choices: dict[str, list[str]] = defaultdict(list)
    for application in sorted(standing, key=lambda each: history.applications[each].wish):
        choices[history.applications[application].student_id].append(application)
    stood = frozenset(standing)
    rankings = {
        project: [application for application in ranking if application in stood]
        for project, ranking in history.rankings.items()
    }
    matched = [each.application_id for each in together if each.step.transition == life.MATCH.name]
    stable = history.policy is Policy.STABLE
    for violation in stability.violations(choices, rankings, free_places, matched, stable=stable):
        yield f"the match: {violation}"


def _wrong_among_students(together: Together, replay: _Replay) -> Iterator[str]:
    applications = replay.history.applications
    for student in sorted({applications[recorded.application_id].student_id for recorded in together}):
        if replay.held_by(student) > 1:
            yield f"student {student} holds {replay.held_by(student)} places"
    for recorded in together:
        others = set(replay.by_student[applications[recorded.application_id].student_id]) - {recorded.application_id}
        if recorded.step.after is State.CONFIRMED and any(map(replay.stands, others)):
            yield f"{recorded.application_id} was accepted, and another application of the student stands"
        if recorded.step.after in (State.DECLINED, State.EXPIRED):
            ended = others & {other.application_id for other in together if not replay.stands(other.application_id)}
            offered = {other.application_id for other in together if other.step.after is State.OFFERED}
            if ended - offered:
                yield f"{recorded.application_id} was declined, and another application of the student ended"


def _wrong_among_projects(together: Together, replay: _Replay) -> Iterator[str]:
    applications = replay.history.applications
    touched = {
        applications[application].project_id
        for recorded in together
        for application in replay.by_student[applications[recorded.application_id].student_id]
    }
    before_cut_off = together[-1].step.at < replay.history.waiting_list_ends_at
    for project in sorted(touched):
        free = replay.free_places(project)
        if free < 0:
            yield f"project {project} gives {-free} places more than it has"
        if free > 0 and replay.matched and before_cut_off and (waiting := replay.next_in_line(project)):
            yield f"project {project} has {free} places free, and {waiting} waits for one"


def _wrong_in_offering_on(together: Together, replay: _Replay) -> Iterator[str]:
    for recorded in together:
        if recorded.step.transition != life.OFFER_ON.name:
            continue
        offered = recorded.application_id
        passed_over = replay.next_in_line(replay.history.applications[offered].project_id)
        if recorded.step.at >= replay.history.waiting_list_ends_at:
            yield f"{offered} was offered on after the cut-off"
        if passed_over is not None and replay.rank[passed_over] < replay.rank.get(offered, len(replay.rank)):
            yield f"{offered} was offered a place for which {passed_over} is ranked higher and waits"
