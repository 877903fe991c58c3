"""Changes are carried out: they are recorded and published, and the places that they set free are offered on.

The caller has locked `rounds.places_lock`. So nobody else changes at the same time who has which place, neither in the
round nor in the one that shares its places.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from services.matching import store
from services.matching.messages import OfferExpires, PlacementEnds
from services.matching.rules import offers
from services.matching.rules.events import events_of
from services.matching.rules.life import Change, State
from services.matching.rules.rounds import midnight, offering_on
from shared.contracts.matching import PlacesLeft, ProjectPlaces
from shared.contracts.rounds import first_round
from shared.identifiers import new_id
from shared.runtime.work import Work


async def carry_out(changes: Sequence[Change], work: Work) -> None:
    """Record and publish changes, in a round and its second round; then offer on the places that they set free."""
    cause = _cause(work)
    await _record(changes, cause, work)
    freed = [change.application for change in changes if change.frees_a_place]
    if freed:
        await _offer_on(
            freed[0].round_id,
            work,
            project_ids={application.project_id for application in freed},
            student_ids={application.student_id for application in freed},
            cause=cause,
        )


async def offer_places_on(project_id: str, round_id: str, work: Work) -> None:
    """Offer on the free places of a project that has more places than before."""
    await _offer_on(round_id, work, project_ids={project_id}, student_ids=(), cause=_cause(work))


def publish_places_left(round_id: str, free_places: Mapping[str, int], work: Work) -> None:
    """Publish how many places each of these projects has left for the second round."""
    left = [ProjectPlaces(project_id=project, places=free) for project, free in sorted(free_places.items()) if free]
    work.publish(PlacesLeft(round_id=first_round(round_id), projects=left))


async def _offer_on(
    round_id: str, work: Work, *, project_ids: Collection[str], student_ids: Collection[str], cause: str
) -> None:
    both = await store.rounds.both(work.connection, round_id)
    if any(round_.takes_what_is_left for round_ in both):
        publish_places_left(round_id, await store.projects.free_places(work.connection, project_ids), work)
        return
    round_ = offering_on(both, work.now)
    if round_ is None:
        return
    in_line = await store.applications.in_line(
        work.connection, round_.round_id, project_ids=project_ids, student_ids=student_ids
    )
    free_places = await store.projects.free_places(work.connection, {application.project_id for application in in_line})
    changes = offers.offer_on(in_line, free_places, now=work.now, reply_by=round_.reply_by(work.now))
    await _record(changes, cause, work)


async def _record(changes: Sequence[Change], cause: str, work: Work) -> None:
    await store.applications.record(work.connection, changes, cause)
    for change in changes:
        for event in events_of(change):
            work.publish(event)
        _set_timer(change, work)


def _set_timer(change: Change, work: Work) -> None:
    application = change.application
    ids = {"application_id": application.application_id, "round_id": application.round_id}
    if change.step.after is State.OFFERED and application.offer:
        work.publish(OfferExpires(**ids), at=application.offer.reply_by)
    if change.step.after is State.CONFIRMED and application.days:
        work.publish(PlacementEnds(**ids), at=midnight(application.days.ends_on + timedelta(days=1)))


def _cause(work: Work) -> str:
    """The id of the message that is being handled; a request has none, and gets a new one."""
    return work.cause.id if work.cause else str(new_id())
