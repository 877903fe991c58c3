"""Who is offered a place: by the match, and afterwards whenever a place or a student becomes free."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from services.matching.rules import stability
from services.matching.rules.deferred_acceptance import student_optimal_match
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
from shared.workflow import Transition


class Unstable(Exception):
    """A match that is not stable or not within capacity: nobody must get an offer by it."""


@dataclass(frozen=True, slots=True)
class Market:
    """Applications that stand and are ranked, with how many places their projects have free."""

    choices: Mapping[str, list[str]]
    """Each student's applications, the preferred one first."""

    rankings: Mapping[str, list[str]]
    """Each project's applicants, best first."""

    free_places: Mapping[str, int]


def make_match(
    applications: Collection[Application], places: Mapping[str, int], *, now: datetime, reply_by: datetime
) -> list[Change]:
    """The round's match: what becomes of each application that stands.

    Whom no host ranked is not suitable; the student-optimal stable match is offered; who is ranked and was offered
    nothing waits. Raises `Unstable` rather than offer anything by a match that is not.
    """
    ranked = [application for application in applications if application.rank is not None]
    unranked = (application for application in applications if application.rank is None)
    market = market_of(ranked, places)
    chosen = student_optimal_match(market.choices, market.rankings, market.free_places)
    if violations := stability.violations(market.choices, market.rankings, market.free_places, chosen):
        raise Unstable("; ".join(violations[:10]))
    return [
        *(move(application, NOT_SUITABLE, now=now) for application in unranked),
        *_offers(ranked, chosen, MATCH, now=now, reply_by=reply_by),
    ]


def offer_on(
    applications: Collection[Application], free_places: Mapping[str, int], *, now: datetime, reply_by: datetime
) -> list[Change]:
    """What is offered once some places and some students have become free.

    `applications` are those that stand, are ranked, whose student holds nothing, and that are either to a project of
    which a place became free, or of a student who became free; `free_places` are those of their projects.

    This is what the same match over all free students and all free places of the round would offer. For before the
    change no project with a free place had an applicant to whom it could be offered, since it would have been. So
    whoever can be offered a place now can be so only by what has become free: a project of which a place became free,
    or, for a student who became free, any project with a free place. All of these are given; whatever else stands is
    to a project without a free place. And a student-optimal stable match over parts that have neither a student nor a
    free place in common is that of each part.
    """
    market = market_of(applications, free_places)
    chosen = student_optimal_match(market.choices, market.rankings, market.free_places)
    return _offers(applications, chosen, OFFER_ON, now=now, reply_by=reply_by)


def market_of(applications: Iterable[Application], free_places: Mapping[str, int]) -> Market:
    """The market of ranked applications; those that nobody ranked are left out."""
    by_student: dict[str, list[Application]] = defaultdict(list)
    by_project: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for application in applications:
        if application.rank is not None:
            by_student[application.student_id].append(application)
            by_project[application.project_id].append((application.rank, application.application_id))
    return Market(
        choices={
            student: [application.application_id for application in sorted(wishes, key=lambda wish: wish.wish)]
            for student, wishes in by_student.items()
        },
        rankings={
            project: [application_id for _, application_id in sorted(ranking)]
            for project, ranking in by_project.items()
        },
        free_places=free_places,
    )


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
