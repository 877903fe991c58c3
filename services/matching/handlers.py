"""What matching subscribes to, and its timers.

A handler that changes what students and projects hold in a round has `rounds.who_holds_what` locked, which keeps others
from that meanwhile, and from the round that shares its places.
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
from services.matching.rules.rounds import who_holds_what
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


def it_and_its_round(
    message: ProjectApproved | ProjectWithdrawn | ApplicationWithdrawn | OfferExpires | PlacementEnds,
) -> tuple[str, ...]:
    return (message.subject, who_holds_what(message.round_id))


def its_places(message: RoundScheduled | OffersDue | WaitingListEnds | SecondRoundOpens) -> tuple[str, ...]:
    return (who_holds_what(message.round_id),)


def it_and_its_project(event: ApplicationReceived) -> tuple[str, ...]:
    """For a second round also who holds what: its student may be accepting a place of the first."""
    theirs = (who_holds_what(event.round_id),) if is_second_round(event.round_id) else ()
    return (event.subject, subject("project", event.project_id), *theirs)


@service.subscriber(RoundScheduled, changes=its_places)
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


@service.subscriber(ProjectApproved, changes=it_and_its_round)
async def keep_project(event: ProjectApproved, work: Work) -> None:
    await projects.keep_project(event, work)


@service.subscriber(ProjectWithdrawn, changes=it_and_its_round)
async def end_project(event: ProjectWithdrawn, work: Work) -> None:
    await projects.withdraw_project(event, work)


@service.subscriber(ApplicationReceived, changes=it_and_its_project)
async def receive_application(event: ApplicationReceived, work: Work) -> None:
    await applications.receive_application(event, work)


@service.subscriber(ApplicationWithdrawn, changes=it_and_its_round)
async def end_application(event: ApplicationWithdrawn, work: Work) -> None:
    await applications.withdraw_application(event, work)


@service.subscriber(ApplicationsClosed)
async def keep_closing(event: ApplicationsClosed, work: Work) -> None:
    await rounds.keep_closing(event, work)


@service.subscriber(SecondRoundOpens, changes=its_places)
async def open_second_round(timer: SecondRoundOpens, work: Work) -> None:
    await waiting_lists.settle(timer.round_id, work)


@service.subscriber(OffersDue, changes=its_places)
async def match_round(timer: OffersDue, work: Work) -> None:
    await matches.release_when_due(timer, work)


@service.subscriber(OfferExpires, changes=it_and_its_round)
async def decline_by_default(timer: OfferExpires, work: Work) -> None:
    await offers.decline_by_default(timer, work)


@service.subscriber(WaitingListEnds, changes=its_places)
async def end_waiting_list(timer: WaitingListEnds, work: Work) -> None:
    await waiting_lists.end_waiting_list(timer, work)


@service.subscriber(PlacementEnds, changes=it_and_its_round)
async def complete_placement(timer: PlacementEnds, work: Work) -> None:
    await placements.complete_placement(timer, work)
