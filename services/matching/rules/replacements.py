"""A place that staff offer to somebody of their choice, instead of leaving it to the waiting list."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.matching.rules.life import (
    CANCEL,
    OFFER_BY_HAND,
    STAFF,
    Application,
    Change,
    Offer,
    State,
    move,
)
from services.matching.rules.people import Student
from services.matching.rules.projects import ProjectInFull
from services.matching.rules.rankings import Project
from services.matching.rules.reasons import faults_in_reason_of_staff
from services.matching.rules.rounds import Round, midnight
from shared.contracts.faults import Fault
from shared.refusals import Invalid, NotAllowed


@dataclass(frozen=True, slots=True)
class PlacesOfProject:
    """A project with who has its places, and who of its applicants may be offered one by hand."""

    project: ProjectInFull
    rounds: Sequence[Round]
    """Its round, and the second where there is one."""
    holding: Sequence[Application]
    candidates: Sequence[Application]
    students: Mapping[str, Student]

    @property
    def free(self) -> int:
        return 0 if self.project.withdrawn else max(0, self.project.places - len(self.holding))


def candidates(
    applications: Iterable[Application], *, matched: Collection[str], holders: Collection[str]
) -> list[Application]:
    """Who of those who applied to a project may be offered a place of it by hand, best-ranked first.

    Whom its host found suitable in a round that is `matched`, who waits or went away empty, and who is not among the
    `holders`: the students who have a place or an open offer.
    """
    able = [
        each
        for each in applications
        if each.rank is not None
        and each.state in OFFER_BY_HAND.before
        and each.round_id in matched
        and each.student_id not in holders
    ]
    return sorted(able, key=lambda each: (each.rank or 0, each.application_id))


def choose(places: PlacesOfProject, application_id: str, reason: str) -> Application:
    """The candidate whom staff choose; raises `Invalid` where there is no such one, or no reason."""
    faults = faults_in_reason_of_staff(reason)
    chosen = next((each for each in places.candidates if each.application_id == application_id), None)
    if chosen is None:
        nobody = "Choose one of these applicants: nobody else can be offered the place now."
        raise Invalid([Fault(field="application_id", reason=nobody), *faults])
    if faults:
        raise Invalid(faults)
    return chosen


def check_confirmed(placement: Application) -> None:
    """Raises `NotAllowed` where there is no placement to end."""
    if placement.state is not State.CONFIRMED:
        raise NotAllowed("Only a placement that is confirmed can be given to somebody else.")


def cancel_for(placement: Application, reason: str, *, now: datetime) -> Change:
    """The first half of a replacement; raises `NotAllowed` where there is no placement to end."""
    check_confirmed(placement)
    return move(placement, CANCEL[STAFF], now=now, comments=reason)


def offer_by_hand(
    chosen: Application,
    project: Project,
    rounds: Iterable[Round],
    *,
    held: int,
    replaces: bool,
    reason: str,
    now: datetime,
) -> Change:
    """The offer of a place to one of the candidates, to be replied to as any other, before the placement begins.

    `rounds` are the round and its second, `held` the places that others have, and `replaces` tells that one of those
    makes way for the chosen. While a second round goes on, a place that is free is for its match, and who replaces
    somebody is to reply before that. Raises `NotAllowed`, with the reason, where no offer can be made.
    """
    by_id = {each.round_id: each for each in rounds}
    going_on = next((each for each in by_id.values() if each.takes_what_is_left), None)
    if project.withdrawn:
        raise NotAllowed("The host withdrew this project: it has no places.")
    if held >= project.places:
        raise NotAllowed("All places of this project are taken or offered: one must become free first.")
    if going_on and not replaces:
        raise NotAllowed("The second round is open: its match gives away the places that are free.")
    begins = midnight(chosen.days.starts_on) if chosen.days else None
    if begins and now >= begins:
        raise NotAllowed("The placement has begun: nobody can be offered it any more.")
    if going_on and now >= going_on.offers_at:
        raise NotAllowed("The match of the second round is due: wait until it has gone out.")
    ends = [begins, going_on.offers_at if going_on else None]
    reply_by = min(by_id[chosen.round_id].reply_by(now), *filter(None, ends))
    offer = Offer(made_at=now, reply_by=reply_by, first=False)
    return move(replace(chosen, offer=offer), OFFER_BY_HAND, now=now, comments=reason)
