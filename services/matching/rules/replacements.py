"""A place that staff offer to somebody of their choice, instead of leaving it to the waiting list."""

from collections.abc import Collection, Iterable
from dataclasses import replace
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
from services.matching.rules.rankings import Project
from services.matching.rules.rounds import Round, midnight
from shared.workflow import NotAllowed


def candidates(applications: Iterable[Application], holders: Collection[str]) -> list[Application]:
    """Who of those who applied to a project may be offered a place of it by hand, best-ranked first.

    Whom its host found suitable, who waits or went away empty, and who is not among the `holders`: the students who
    have a place or an open offer in the round.
    """
    able = [
        each
        for each in applications
        if each.rank is not None and each.state in OFFER_BY_HAND.before and each.student_id not in holders
    ]
    return sorted(able, key=lambda each: (each.rank or 0, each.application_id))


def cancel_for(placement: Application, reason: str, *, now: datetime) -> Change:
    """The first half of a replacement; raises `NotAllowed` where there is no placement to end."""
    if placement.state is not State.CONFIRMED:
        raise NotAllowed("Only a placement that is confirmed can be given to somebody else.")
    return move(placement, CANCEL[STAFF], now=now, comments=reason)


def offer_by_hand(
    chosen: Application, project: Project, round_: Round, *, free_places: int, reason: str, now: datetime
) -> Change:
    """The offer of a free place to one of the candidates, to be replied to as any other, before the placement begins.

    Raises `NotAllowed`, with the reason, where it cannot be made.
    """
    if round_.matched_at is None:
        raise NotAllowed("The match of this round has not gone out: until then nobody is offered a place.")
    if project.withdrawn:
        raise NotAllowed("The host withdrew this project: it has no places.")
    if free_places < 1:
        raise NotAllowed("All places of this project are taken or offered: one must become free first.")
    begins = midnight(chosen.days.starts_on) if chosen.days else None
    if begins and now >= begins:
        raise NotAllowed("The placement has begun: nobody can be offered it any more.")
    reply_by = min(round_.reply_by(now), begins) if begins else round_.reply_by(now)
    offer = Offer(made_at=now, reply_by=reply_by, first=False)
    return move(replace(chosen, offer=offer), OFFER_BY_HAND, now=now, comments=reason)
