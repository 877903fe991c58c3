"""Staff offer a place to somebody of their choice, instead of leaving it to the waiting list."""

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
    """A project, who has its places, and which of its applicants can be offered one by hand."""

    project: ProjectInFull
    rounds: Sequence[Round]
    """Its round, and the second round if there is one."""
    holding: Sequence[Application]
    candidates: Sequence[Application]
    students: Mapping[str, Student]

    @property
    def free(self) -> int:
        return 0 if self.project.withdrawn else max(0, self.project.places - len(self.holding))


def candidates(
    applications: Iterable[Application], *, matched: Collection[str], holders: Collection[str]
) -> list[Application]:
    """Those of a project's applications for which a place of it can be offered by hand, the best-ranked first.

    The host found them suitable, their round is among the `matched`, and they still wait or ended without a place.
    Their student is not among the `holders`, who have a place or an open offer.
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
    """The candidate whom staff choose; raises `Invalid` if they are no candidate, or the reason is at fault."""
    faults = faults_in_reason_of_staff(reason)
    chosen = next((each for each in places.candidates if each.application_id == application_id), None)
    if chosen is None:
        nobody = "Choose one of these applicants: nobody else can be offered the place now."
        raise Invalid([Fault(field="application_id", reason=nobody), *faults])
    if faults:
        raise Invalid(faults)
    return chosen


def check_confirmed(placement: Application) -> None:
    """Raises `NotAllowed` if the placement is not a confirmed one."""
    if placement.state is not State.CONFIRMED:
        raise NotAllowed("Only a placement that is confirmed can be given to somebody else.")


def cancel_for(placement: Application, reason: str, *, now: datetime) -> Change:
    """The cancellation that makes room for a replacement; raises `NotAllowed` if the placement is not confirmed."""
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
    """The offer of a place to a candidate, with the usual time to reply, but only until the placement begins.

    `rounds` are the round and its second round. `held` is how many places others have; if the offer `replaces` a
    placement, without that one. While a second round is open, free places are left to its match, and a candidate who
    replaces somebody has to reply before that match. Raises `NotAllowed`, with the reason, if no offer can be made.
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
