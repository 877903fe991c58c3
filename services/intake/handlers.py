"""Intake's subscribers: submissions, screening's verdicts, offers and placements, its own timer and effect."""

from services.intake import service
from services.intake.actions import checking, closing, places, submissions, verdicts
from services.intake.messages import ApplicationsClose, CheckCV
from shared.contracts.matching import OfferDeclined, OfferMade, PlacementCancelled, PlacementConfirmed, PlacesLeft
from shared.contracts.message import Submission
from shared.contracts.screening import ProjectApproved, ProjectDeclined, ProjectReturned
from shared.runtime import MalformedSubmission, UnitsOfWork, Work
from shared.web.revocations import subscribe_to_revocations


async def receive_submission(submission: Submission, work: Work) -> None:
    await submissions.receive_submission(submission, work)


for kind, reception in submissions.SUBMISSIONS.items():
    service.subscriber(kind, changes=reception.changes)(receive_submission)


@service.on_malformed_submission
async def refuse_malformed(malformed: MalformedSubmission, work: Work) -> None:
    await submissions.refuse_malformed(malformed, work)


@service.subscriber(ProjectApproved, changes=verdicts.project_and_host)
async def approve_project(event: ProjectApproved, work: Work) -> None:
    await verdicts.approve_project(event, work)


@service.subscriber(ProjectReturned)
async def return_project(event: ProjectReturned, work: Work) -> None:
    await verdicts.return_project(event, work)


@service.subscriber(ProjectDeclined)
async def decline_project(event: ProjectDeclined, work: Work) -> None:
    await verdicts.decline_project(event, work)


@service.subscriber(PlacesLeft)
async def keep_places_left(event: PlacesLeft, work: Work) -> None:
    await places.keep_places_left(event, work)


@service.subscriber(OfferMade)
async def keep_offer(event: OfferMade, work: Work) -> None:
    await places.hold_place(event, work)


@service.subscriber(PlacementConfirmed)
async def keep_placement(event: PlacementConfirmed, work: Work) -> None:
    await places.hold_place(event, work)


@service.subscriber(OfferDeclined)
async def end_offer(event: OfferDeclined, work: Work) -> None:
    await places.give_up_place(event, work)


@service.subscriber(PlacementCancelled)
async def end_placement(event: PlacementCancelled, work: Work) -> None:
    await places.give_up_place(event, work)


@service.subscriber(ApplicationsClose)
async def close_applications(timer: ApplicationsClose, work: Work) -> None:
    await closing.close_applications(timer, work)


@service.effect(CheckCV)
async def check_cv(effect: CheckCV, units: UnitsOfWork) -> None:
    await checking.check_cv(effect, units)


subscribe_to_revocations(service)
