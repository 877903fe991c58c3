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
    """A match that is not within capacity, or not what its policy promises: no offer may be made by it."""


def make_match(
    applications: Collection[Application],
    places: Mapping[str, int],
    policy: Policy = Policy.STABLE,
    *,
    now: datetime,
    reply_by: datetime,
) -> list[Change]:
    """The match of a round: what becomes of each application that stands.

    An application that its host did not rank is not suitable. Those that the match chooses are offered a place. The
    ranked applications of students who are offered nothing wait. Raises `WrongMatch` if the match is not what it should
    be: then nothing is offered.
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
    """What is offered once some places or students have become free; the same under every policy.

    `applications` are ranked, stand, and their student holds nothing. They are all such applications to the projects
    of which a place became free, and all those of the students who became free. `free_places` are the free places of
    their projects.

    A free place goes to the best-ranked of those who wait for it and hold nothing. A student who could have several
    places gets the one they prefer. Together this is the student-optimal stable match of all free students and all free
    places of the round.

    These applications are enough to compute it:

    - Before the change, no project with a free place had an applicant to whom it could be offered. The match leaves no
      such place, under any policy, and neither does this function.
    - So an offer can be made now only because something became free. It is of a project of which a place became free,
      or goes to a student who became free. All applications of both kinds are given.
    - Every other application that stands is to a project without a free place, so nothing can be offered for it. It can
      be left out: the student-optimal stable match of two parts that have neither a student nor a free place in common
      is that of each part.

    Nobody who holds a place or an offer is moved. So the round as a whole need not stay stable, even if its match was.
    If the match was not stable, each pair that blocked it still does, until the student or a place of the project
    becomes free.
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
    """The offers; and for students who are offered nothing, that each of their applications waits."""
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
