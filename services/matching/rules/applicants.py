"""A project's applicants, as its host sees them, and the host's ranking until it is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.matching.rules import rankings
from services.matching.rules.life import STANDS, Application, State
from services.matching.rules.orders import Order
from services.matching.rules.people import Student
from services.matching.rules.projects import ProjectInFull
from services.matching.rules.rankings import TAKES_RANKINGS, Progress, Ranking, Stage
from services.matching.rules.rounds import Round
from shared.contracts.faults import Fault
from shared.refusals import Invalid, NotAllowed


@dataclass(frozen=True)
class Applicants:
    """A project's applicants and the ranking that its host is working on."""

    project: ProjectInFull
    round: Round
    progress: Progress
    shown: Mapping[str, Application]
    """Applications that stand, in the order of receipt; once the match is made, all that were not withdrawn."""

    students: Mapping[str, Student]
    """By id; without those who are not known here yet."""

    sent: Ranking | None
    order: Order

    @property
    def undecided(self) -> list[str]:
        return self.order.undecided(list(self.shown))

    def name_of(self, application_id: str) -> str:
        application = self.shown[application_id]
        student = self.students.get(application.student_id)
        return student.name if student else application.student_id


class Move(StrEnum):
    """What a host does with one applicant."""

    UP = "up"
    DOWN = "down"
    TO = "to"
    LAST = "last"
    ASIDE = "aside"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class MoveAsked:
    """A move as a host asks for it, not checked yet. `place` belongs to the move `to`, and `reason` to `aside`."""

    application_id: str
    move: str
    place: int | None = None
    reason: str = ""


def shown_to_host(received: Sequence[Application], stage: Stage) -> dict[str, Application]:
    """The applications that a host sees: none before they are closed, and none once the round is over."""
    if stage in TAKES_RANKINGS:
        return {each.application_id: each for each in received if each.state in STANDS}
    if stage is Stage.MATCHED:
        return {each.application_id: each for each in received if each.state is not State.WITHDRAWN}
    return {}


def check_open(applicants: Applicants) -> None:
    """Raises `NotAllowed`, with the reason, if it is not the time to rank."""
    rankings.check_open(applicants.project, applicants.round)
    if applicants.progress.stage not in TAKES_RANKINGS:
        raise NotAllowed("Applicants are ranked once applications are closed.")


def move(applicants: Applicants, asked: MoveAsked) -> Order:
    """The order after a move. Raises `NotAllowed`, or `Invalid` with the application's id in the names of fields."""
    check_open(applicants)
    if asked.application_id not in applicants.shown:
        raise NotAllowed("This student no longer applies for the project: open the page again to see who does.")
    if faults := _faults_in(asked):
        raise Invalid(faults)
    return _moved(applicants.order, asked)


def check_complete(applicants: Applicants, *, leave_out: bool) -> None:
    """Raises `Invalid` if an applicant is undecided or nobody is ranked, unless the host confirms it by `leave_out`."""
    if leave_out or (applicants.order.ranked and not applicants.undecided):
        return
    if applicants.order.ranked:
        reason = "Some applicants are not in your order: place them, or confirm that you leave them out."
    else:
        reason = "Your order is empty, so no place would be offered: rank somebody, or confirm that nobody is suitable."
    raise Invalid([Fault(field="leave_out", reason=reason)])


def _faults_in(asked: MoveAsked) -> list[Fault]:
    match asked.move:
        case unknown if unknown not in set(Move):
            return [Fault(field="move", reason="Choose what to do with this applicant: use one of the buttons.")]
        case Move.TO if asked.place is None:
            reason = "Enter the position as a number, 1 for the best."
            return [Fault(field=f"place-{asked.application_id}", reason=reason)]
        case Move.ASIDE:
            return rankings.faults_in_reason(f"reason-{asked.application_id}", asked.reason)
        case _:
            return []


def _moved(order: Order, asked: MoveAsked) -> Order:
    """The order after a move that was checked."""
    match kind := Move(asked.move):
        case Move.TO:
            return order.to(asked.application_id, asked.place or 1)
        case Move.ASIDE:
            return order.set_aside(asked.application_id, asked.reason)
        case _:
            simple = {Move.UP: order.up, Move.DOWN: order.down, Move.LAST: order.last, Move.BACK: order.put_back}
            return simple[kind](asked.application_id)
