"""The life of an application: from its receipt, through its offer and its placement, to its end.

An application gets at most one offer, and an offer becomes at most one placement. So all three share one state.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Literal

from shared.workflow import Step, Transition


class State(StrEnum):
    """The state of an application, which is also that of its offer and its placement."""

    STANDING = "standing"
    WAITLISTED = "waitlisted"
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    EXPIRED = "expired"
    RETRACTED = "retracted"
    UNSUCCESSFUL = "unsuccessful"
    WITHDRAWN = "withdrawn"


STANDS: Final = (State.STANDING, State.WAITLISTED)
"""It may still be offered a place."""

HOLDS_A_PLACE: Final = (State.OFFERED, State.CONFIRMED, State.COMPLETED)
"""It takes one of its project's places, and its student is offered no other."""

PLACED: Final = (State.CONFIRMED, State.COMPLETED, State.CANCELLED)
"""Its offer was accepted."""

STUDENT: Final = "student"
HOST: Final = "host"
STAFF: Final = "staff"
DEFAULT: Final = "default"
"""Nobody replied in time."""
PROGRAMME: Final = "programme"
"""The programme's own rules: the match, the cut-off, the calendar."""

Canceller = Literal["student", "host", "staff"]

RECEIVE: Final = Transition("receive", before=(None,), after=State.STANDING, by=STUDENT)
MATCH: Final = Transition("match", before=(State.STANDING,), after=State.OFFERED, by=PROGRAMME)
WAITLIST: Final = Transition("waitlist", before=(State.STANDING,), after=State.WAITLISTED, by=PROGRAMME)
OFFER_ON: Final = Transition("offer_on", before=STANDS, after=State.OFFERED, by=PROGRAMME)
OFFER_BY_HAND: Final = Transition("offer_by_hand", before=(*STANDS, State.UNSUCCESSFUL), after=State.OFFERED, by=STAFF)
ACCEPT: Final = Transition("accept", before=(State.OFFERED,), after=State.CONFIRMED, by=STUDENT)
COMPLETE: Final = Transition("complete", before=(State.CONFIRMED,), after=State.COMPLETED, by=PROGRAMME)

DECLINE: Final = Transition("decline", before=(State.OFFERED,), after=State.DECLINED, by=STUDENT)
EXPIRE: Final = Transition("expire", before=(State.OFFERED,), after=State.EXPIRED, by=DEFAULT)
RETRACT: Final = Transition("retract", before=(State.OFFERED,), after=State.RETRACTED, by=HOST)
WITHDRAW: Final = Transition("withdraw", before=(*STANDS, State.OFFERED), after=State.WITHDRAWN, by=STUDENT)
CANCEL: Final[dict[Canceller, Transition[State]]] = {
    by: Transition("cancel", before=(State.CONFIRMED,), after=State.CANCELLED, by=by) for by in (STUDENT, HOST, STAFF)
}

# The names of these four are also the causes in the event `ApplicationUnsuccessful`.
NOT_SUITABLE: Final = Transition("not_suitable", before=(State.STANDING,), after=State.UNSUCCESSFUL, by=HOST)
NO_PLACE: Final = Transition("no_place", before=STANDS, after=State.UNSUCCESSFUL, by=PROGRAMME)
PLACED_ELSEWHERE: Final = Transition("placed_elsewhere", before=STANDS, after=State.UNSUCCESSFUL, by=STUDENT)
PROJECT_WITHDRAWN: Final = Transition("project_withdrawn", before=STANDS, after=State.UNSUCCESSFUL, by=HOST)

TRANSITIONS: Final = (
    RECEIVE,
    *(MATCH, WAITLIST, OFFER_ON, OFFER_BY_HAND, ACCEPT, COMPLETE),
    *(DECLINE, EXPIRE, RETRACT, WITHDRAW, *CANCEL.values()),
    *(NOT_SUITABLE, NO_PLACE, PLACED_ELSEWHERE, PROJECT_WITHDRAWN),
)


@dataclass(frozen=True, slots=True)
class Days:
    """The first and the last day of a placement."""

    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Offer:
    """When an offer was made, and by when its student has to reply; `first`: the match made it."""

    made_at: datetime
    reply_by: datetime
    first: bool


@dataclass(frozen=True, slots=True)
class Application:
    """An application, with its offer and its placement.

    `rank` is its position in its host's ranking, 1 the best, none while it is not ranked. `days` are those of its
    placement, or before there is one, of its project: none until the project has arrived here.
    """

    application_id: str
    round_id: str
    student_id: str
    project_id: str
    host_id: str
    preference: int
    received_at: datetime
    state: State
    rank: int | None = None
    days: Days | None = None
    offer: Offer | None = None
    confirmed_at: datetime | None = None

    @property
    def wish(self) -> tuple[int, datetime, str]:
        """The key that sorts a student's applications: by preference, then the earlier received first."""
        return (self.preference, self.received_at, self.application_id)


@dataclass(frozen=True, slots=True)
class Change:
    """A step of an application, and the application as it is after that step."""

    application: Application
    step: Step[State]

    @property
    def frees_a_place(self) -> bool:
        """Whether the student held a place before the step and does not after it, so that the project has one more."""
        return self.step.before in HOLDS_A_PLACE and self.step.after not in HOLDS_A_PLACE


def move(application: Application, transition: Transition[State], *, now: datetime, comments: str = "") -> Change:
    """Take a transition; raises `NotAllowed` if it does not lead from the application's state."""
    step = transition.step(application.state, at=now, comments=comments)
    return Change(replace(application, state=step.after), step)
