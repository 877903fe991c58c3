"""What matching subscribes to, and its timers.

A handler that may change who has a place in a round locks `rounds.places_lock`. Meanwhile nobody else can change that,
neither in the round nor in the one that shares its places.
"""

from services.matching import service
from services.matching.actions import (
    applications,
    matches,
    offers,
    people,
    placements,
    projects,
    rounds,
    waiting_lists,
)
from services.matching.messages import OfferExpires, OffersDue, PlacementEnds, SecondRoundOpens, WaitingListEnds
from services.matching.rules.rounds import places_lock
from shared.contracts.intake import (
    ApplicationReceived,
    ApplicationsClosed,
    ApplicationWithdrawn,
    HostRegistered,
    ProjectSubmitted,
    ProjectWithdrawn,
    RoundScheduled,
    StudentRegistered,
)
from shared.contracts.message import subject
from shared.contracts.rounds import is_second_round
from shared.contracts.screening import ProjectApproved
from shared.runtime.work import Work
from shared.web.revocations import subscribe_to_revocations

subscribe_to_revocations(service)


def subject_and_places(
    message: ProjectApproved | ProjectWithdrawn | ApplicationWithdrawn | OfferExpires | PlacementEnds,
) -> tuple[str, ...]:
    return (message.subject, places_lock(message.round_id))


def places_of_round(message: RoundScheduled | OffersDue | WaitingListEnds | SecondRoundOpens) -> tuple[str, ...]:
    return (places_lock(message.round_id),)


def subject_and_project(event: ApplicationReceived) -> tuple[str, ...]:
    """For a second round also the places: the student may be accepting a place of the first round just now."""
    places = (places_lock(event.round_id),) if is_second_round(event.round_id) else ()
    return (event.subject, subject("project", event.project_id), *places)


@service.subscriber(RoundScheduled, changes=places_of_round)
async def keep_round(event: RoundScheduled, work: Work) -> None:
    await rounds.keep_round(event, work)


@service.subscriber(HostRegistered)
async def keep_host(event: HostRegistered, work: Work) -> None:
    await people.keep_host(event, work)


@service.subscriber(StudentRegistered)
async def keep_student(event: StudentRegistered, work: Work) -> None:
    await people.keep_student(event, work)


@service.subscriber(ProjectSubmitted)
async def keep_template(event: ProjectSubmitted, work: Work) -> None:
    await projects.keep_template(event, work)


@service.subscriber(ProjectApproved, changes=subject_and_places)
async def keep_project(event: ProjectApproved, work: Work) -> None:
    await projects.keep_project(event, work)


@service.subscriber(ProjectWithdrawn, changes=subject_and_places)
async def end_project(event: ProjectWithdrawn, work: Work) -> None:
    await projects.withdraw_project(event, work)


@service.subscriber(ApplicationReceived, changes=subject_and_project)
async def receive_application(event: ApplicationReceived, work: Work) -> None:
    await applications.receive_application(event, work)


@service.subscriber(ApplicationWithdrawn, changes=subject_and_places)
async def end_application(event: ApplicationWithdrawn, work: Work) -> None:
    await applications.withdraw_application(event, work)


@service.subscriber(ApplicationsClosed)
async def keep_closing(event: ApplicationsClosed, work: Work) -> None:
    await rounds.keep_closing(event, work)


@service.subscriber(SecondRoundOpens, changes=places_of_round)
async def open_second_round(timer: SecondRoundOpens, work: Work) -> None:
    await waiting_lists.settle(timer.round_id, work)


@service.subscriber(OffersDue, changes=places_of_round)
async def match_round(timer: OffersDue, work: Work) -> None:
    await matches.release_when_due(timer, work)


@service.subscriber(OfferExpires, changes=subject_and_places)
async def decline_by_default(timer: OfferExpires, work: Work) -> None:
    await offers.decline_by_default(timer, work)


@service.subscriber(WaitingListEnds, changes=places_of_round)
async def end_waiting_list(timer: WaitingListEnds, work: Work) -> None:
    await waiting_lists.end_waiting_list(timer, work)


@service.subscriber(PlacementEnds, changes=subject_and_places)
async def complete_placement(timer: PlacementEnds, work: Work) -> None:
    await placements.complete_placement(timer, work)
