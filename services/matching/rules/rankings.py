"""A host's ranking of its applicants: when it is due, how far it is, and what may be wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from services.matching.rules.life import STANDS, Application, State
from services.matching.rules.orders import Order
from services.matching.rules.rounds import Round
from services.matching.rules.tags import Tag
from shared.contracts.faults import Fault
from shared.refusals import NotAllowed


@dataclass(frozen=True, slots=True)
class Project:
    """An approved project. Its host ranks its applicants of `round_id`, the round in which it takes part now."""

    project_id: str
    round_id: str
    host_id: str
    title: str
    places: int
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Ranking:
    """A host's order of its applicants, best first; `not_suitable` are the host's reasons, by application."""

    application_ids: tuple[str, ...]
    not_suitable: Mapping[str, str]
    received_at: datetime

    @property
    def order(self) -> Order:
        return Order(self.application_ids, self.not_suitable)


LONGEST_REASON: Final = 1_000
"""The most characters that a reason why somebody is not suitable can have."""


class Stage(StrEnum):
    """How far a project's applications are on their way from students to the host's ranking and to the match."""

    BEFORE = "before"
    COMING = "coming"
    CLOSING = "closing"
    """Applications are closed, and the last of them are still on their way here."""
    TO_RANK = "to_rank"
    OVERDUE = "overdue"
    """The ranking was due; one that comes before the match is made still counts."""
    MATCHED = "matched"
    OVER = "over"


TAKES_RANKINGS: Final = (Stage.TO_RANK, Stage.OVERDUE)
"""When a host works on its ranking."""


def stage(round_: Round, *, all_arrived: bool, now: datetime) -> Stage:
    """The stage of a round's projects; `all_arrived`: all applications that intake received have arrived here."""
    if round_.is_over(now):
        return Stage.OVER
    if round_.matched_at:
        return Stage.MATCHED
    if now < round_.opens_at:
        return Stage.BEFORE
    if now < round_.closes_at:
        return Stage.COMING
    if not all_arrived:
        return Stage.CLOSING
    return Stage.TO_RANK if now < round_.rankings_due_at else Stage.OVERDUE


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a host is with ranking a project's applicants."""

    stage: Stage
    applicants: int
    sent: bool
    begun: bool
    """There is a draft that was not sent."""

    @property
    def tag(self) -> Tag:
        if self.stage in _WHATEVER_WAS_DONE:
            return _WHATEVER_WAS_DONE[self.stage]
        if not self.applicants:
            return Tag("Nobody applied", "neutral")
        if self.stage is Stage.MATCHED:
            return Tag("Offers are out", "good") if self.sent else Tag("Not ranked: nothing was offered", "bad")
        return self._of_ranking

    @property
    def _of_ranking(self) -> Tag:
        if self.sent:
            return Tag("Changes not sent", "waiting") if self.begun else Tag("Ranking sent", "good")
        if self.stage is Stage.OVERDUE:
            return Tag("Ranking overdue", "bad")
        return Tag("Begun, not sent", "waiting") if self.begun else Tag("Waiting for your ranking", "waiting")


_WHATEVER_WAS_DONE: Final = {
    Stage.BEFORE: Tag("Applications not open yet", "neutral"),
    Stage.COMING: Tag("Students are applying", "info"),
    Stage.CLOSING: Tag("Students are applying", "info"),
    Stage.OVER: Tag("The round is over", "neutral"),
}


def fate(application: Application) -> Tag:
    """What became of an applicant, as their host may know it.

    Why somebody is no longer available stays open: the host does not learn whether the student declined, withdrew or
    accepted another place.
    """
    match application.state:
        case State.OFFERED:
            return Tag("Offered a place", "info")
        case State.CONFIRMED:
            return Tag("Coming", "good")
        case State.COMPLETED:
            return Tag("Was with you", "good")
        case State.CANCELLED:
            return Tag("Placement cancelled", "bad")
        case State.STANDING | State.WAITLISTED:
            return Tag("On your waiting list", "waiting")
        case _:
            return Tag("No longer available", "neutral")


def check_open(project: Project, round_: Round | None) -> None:
    """Raises `NotAllowed`, with the reason, if a project takes no more rankings."""
    if project.withdrawn:
        raise NotAllowed("The host withdrew this project: there is nobody to rank.")
    if round_ and round_.matched_at:
        raise NotAllowed("The match of this round was made: rankings are not changed afterwards.")


def faults_in(project_id: str, order: Order, known: Mapping[str, Application]) -> list[Fault]:
    """Every fault of a ranking; `known` are those of its applications that are known here, by id."""
    return [
        *(
            Fault(field=f"application_ids.{place}", reason=reason)
            for place, reason in _reasons(project_id, order.ranked, known)
        ),
        *(
            Fault(field=f"not_suitable.{application_id}", reason="It is also ranked: leave it out of one of the two.")
            for application_id in order.not_suitable
            if application_id in order.ranked
        ),
        *(
            Fault(field=f"not_suitable.{application_id}", reason="No such application to this project: leave it out.")
            for application_id in order.not_suitable
            if application_id not in known or known[application_id].project_id != project_id
        ),
    ]


def faults_in_reason(field: str, reason: str) -> list[Fault]:
    """What is wrong with the reason why somebody is not suitable; `field` is its field's name."""
    if not reason:
        return [Fault(field=field, reason="Say in a few words why, for the careers service.")]
    if len(reason) > LONGEST_REASON:
        return [Fault(field=field, reason=f"Keep the reason within {LONGEST_REASON:,} characters.")]
    return []


def _reasons(
    project_id: str, application_ids: Sequence[str], known: Mapping[str, Application]
) -> Iterator[tuple[int, str]]:
    first_place: dict[str, int] = {}
    for place, application_id in enumerate(application_ids):
        application = known.get(application_id)
        if application_id in first_place:
            yield place, f"This one is ranked already, as application_ids.{first_place[application_id]}: rank it once."
        elif application is None:
            yield place, "No application of this id is known: leave it out."
        elif application.project_id != project_id:
            yield place, "This application is for another project: leave it out."
        elif application.state is State.WITHDRAWN:
            yield place, "The student withdrew this application: leave it out."
        elif application.state not in STANDS:
            yield place, "This application has ended: leave it out."
        first_place.setdefault(application_id, place)
