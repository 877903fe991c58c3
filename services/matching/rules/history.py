"""Whether all that happened in a round was right: a check of its recorded history, apart from the code that made it."""

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
"""Steps that nothing makes before the match does."""

MOVES = frozenset(
    (transition.name, before, transition.after, transition.by)
    for transition in life.TRANSITIONS
    for before in transition.before
)


@dataclass(frozen=True, slots=True)
class Applied:
    """Whose application it is, to which project, and its place among its student's wishes: the lower is preferred."""

    student_id: str
    project_id: str
    wish: tuple[int, datetime, str]


@dataclass(frozen=True, slots=True)
class Happened:
    """A step of an application. Those of one `cause`, a message or a request, were decided together."""

    application_id: str
    cause: str
    step: Step[State]


Together = Sequence[Happened]
"""All that one message or one request decided."""


@dataclass(frozen=True, slots=True)
class RoundHistory:
    """A round: its cut-off, its projects' places and rankings (best first), its applications with all their steps.

    The policy is that of its match.

    Places and cut-off are judged as they are now: one that was changed after the match counts as if it always was so.
    """

    waiting_list_ends_at: datetime
    places: Mapping[str, int]
    rankings: Mapping[str, Sequence[str]]
    applications: Mapping[str, Applied]
    happened: Sequence[Happened]
    of_first: Collection[str] = ()
    """Of a second round: those among the applications that are its first's, since both give away the same places."""
    policy: Policy = Policy.STABLE


def violations(history: RoundHistory) -> list[str]:
    """What was wrong in a round, in words; nothing, if all was right.

    - each step leads from the state that the application was in, and by whom it may;
    - the match is within capacity, and stable where its policy promises it;
    - nobody holds two places, and no project gives more places than it has;
    - an accepted offer ends the student's other applications; declining or ignoring one ends that application only;
    - until the cut-off, whenever all is done that a message or a request brings about: no place is free for which a
      ranked application stands whose student holds nothing, and what was offered on went to the best-ranked of these;
    - from the cut-off on, nothing is offered on.

    Only what a step touches is looked at, so that 10,000 applications take about a second.
    """
    replay = _Replay(history)
    return [violation for together in _decided_together(history) for violation in _wrong_in(together, replay)]


def _decided_together(history: RoundHistory) -> Iterator[Together]:
    """The steps by their cause, in order; where applications were received meanwhile, theirs may lie between."""
    order: dict[str, int] = {}
    for happened in history.happened:
        order.setdefault(happened.cause, len(order))
    for _, together in groupby(
        sorted(history.happened, key=lambda each: order[each.cause]), key=lambda each: each.cause
    ):
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

    def go_on(self, happened: Happened) -> None:
        applied, step = self.history.applications[happened.application_id], happened.step
        places = (step.after in HOLDS_A_PLACE) - (step.before in HOLDS_A_PLACE)
        self._taken[applied.project_id] += places
        self._holding[applied.student_id] += places
        self.states[happened.application_id] = step.after

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
        happened.step.transition in BY_THE_MATCH and happened.application_id not in history.of_first
        for happened in together
    )
    standing = [application for application in replay.states if replay.stands(application)] if is_match else []
    free_places = {project: replay.free_places(project) for project in history.places} if is_match else {}
    for happened in together:
        yield from _wrong_in_step(happened, replay)
        replay.go_on(happened)
    if is_match:
        replay.matched = True
        yield from _wrong_in_match(standing, free_places, together, history)
    yield from _wrong_among_students(together, replay)
    yield from _wrong_among_projects(together, replay)
    yield from _wrong_in_offering_on(together, replay)


def _wrong_in_step(happened: Happened, replay: _Replay) -> Iterator[str]:
    step, state = happened.step, replay.states.get(happened.application_id)
    if step.before != state:
        yield f"{happened.application_id}: {step.transition} says that it was {step.before}, but it was {state}"
    if (step.transition, step.before, step.after, step.by) not in MOVES:
        yield f"{happened.application_id}: {step.transition} by {step.by} leads from {step.before} to {step.after}"


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
    for student in sorted({applications[happened.application_id].student_id for happened in together}):
        if replay.held_by(student) > 1:
            yield f"student {student} holds {replay.held_by(student)} places"
    for happened in together:
        others = set(replay.by_student[applications[happened.application_id].student_id]) - {happened.application_id}
        if happened.step.after is State.CONFIRMED and any(map(replay.stands, others)):
            yield f"{happened.application_id} was accepted, and another application of the student stands"
        if happened.step.after in (State.DECLINED, State.EXPIRED):
            ended = others & {other.application_id for other in together if not replay.stands(other.application_id)}
            offered = {other.application_id for other in together if other.step.after is State.OFFERED}
            if ended - offered:
                yield f"{happened.application_id} was declined, and another application of the student ended"


def _wrong_among_projects(together: Together, replay: _Replay) -> Iterator[str]:
    applications = replay.history.applications
    touched = {
        applications[application].project_id
        for happened in together
        for application in replay.by_student[applications[happened.application_id].student_id]
    }
    before_cut_off = together[-1].step.at < replay.history.waiting_list_ends_at
    for project in sorted(touched):
        free = replay.free_places(project)
        if free < 0:
            yield f"project {project} gives {-free} places more than it has"
        if free > 0 and replay.matched and before_cut_off and (waiting := replay.next_in_line(project)):
            yield f"project {project} has {free} places free, and {waiting} waits for one"


def _wrong_in_offering_on(together: Together, replay: _Replay) -> Iterator[str]:
    for happened in together:
        if happened.step.transition != life.OFFER_ON.name:
            continue
        offered = happened.application_id
        passed_over = replay.next_in_line(replay.history.applications[offered].project_id)
        if happened.step.at >= replay.history.waiting_list_ends_at:
            yield f"{offered} was offered on after the cut-off"
        if passed_over is not None and replay.rank[passed_over] < replay.rank.get(offered, len(replay.rank)):
            yield f"{offered} was offered a place for which {passed_over} is ranked higher and waits"
