"""Who is offered a place: by the match, and afterwards whenever a place or a student becomes free."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from services.matching.rules import policies
from services.matching.rules.life import (
    MATCH,
    NOT_SUITABLE,
    OFFER_ON,
    WAITLIST,
    Application,
    Change,
    Offer,
    State,
    move,
)
from services.matching.rules.policies import Policy, market_of, match_under
from shared.workflow import Transition


class WrongMatch(Exception):
    """A match that is not what its policy promises, or not within capacity: nobody must get an offer by it."""


def make_match(
    applications: Collection[Application],
    places: Mapping[str, int],
    policy: Policy = Policy.STABLE,
    *,
    now: datetime,
    reply_by: datetime,
) -> list[Change]:
    """The round's match: what becomes of each application that stands.

    Whom no host ranked is not suitable; the match under the policy is offered; who is ranked and was offered nothing
    waits. Raises `WrongMatch` rather than offer anything by a match that is not what it should be.
    """
    ranked = [application for application in applications if application.rank is not None]
    unranked = (application for application in applications if application.rank is None)
    market = market_of(ranked, places)
    chosen = match_under(policy, market)
    if violations := policies.violations(policy, market, chosen):
        raise WrongMatch("; ".join(violations[:10]))
    return [
        *(move(application, NOT_SUITABLE, now=now) for application in unranked),
        *_offers(ranked, chosen, MATCH, now=now, reply_by=reply_by),
    ]


def offer_on(
    applications: Collection[Application], free_places: Mapping[str, int], *, now: datetime, reply_by: datetime
) -> list[Change]:
    """What is offered once some places and some students have become free; the same under every policy.

    `applications` are those that stand, are ranked, whose student holds nothing, and that are either to a project of
    which a place became free, or of a student who became free; `free_places` are those of their projects.

    A freed place goes to the best-ranked of those who wait for it and hold nothing, and a student who could have
    several gets the one they prefer: the student-optimal stable match of all free students and all free places of the
    round. What is given here is enough for it. For before the change no project with a free place had an applicant to
    whom it could be offered: the match, under each policy, leaves no such place, nor does this function. So whoever can
    be offered a place now can be so only by what has become free: a project of which a place became free, or, for a
    student who became free, any project with a free place. All of these are given; whatever else stands is to a project
    without a free place. And a student-optimal stable match over parts that have neither a student nor a free place in
    common is that of each part.

    Nobody who holds a place or an offer is moved. So of the round as a whole it is not said that it stays stable, even
    where the match was; and where the match was not, the pairs that blocked it still do until one of them is free.
    """
    market = market_of(applications, free_places)
    return _offers(applications, match_under(Policy.STABLE, market), OFFER_ON, now=now, reply_by=reply_by)


def _offers(
    ranked: Collection[Application],
    chosen: Collection[str],
    transition: Transition[State],
    *,
    now: datetime,
    reply_by: datetime,
) -> list[Change]:
    """The offers, and for whoever was offered nothing, that each of their applications waits."""
    offer = Offer(made_at=now, reply_by=reply_by, first=transition is MATCH)
    offered = [application for application in ranked if application.application_id in chosen]
    served = {application.student_id for application in offered}
    waiting = [
        application
        for application in ranked
        if application.student_id not in served and application.state is State.STANDING
    ]
    return [
        *(move(replace(application, offer=offer), transition, now=now) for application in offered),
        *(move(application, WAITLIST, now=now) for application in waiting),
    ]
