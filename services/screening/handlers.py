"""Screening's subscribers."""

from services.screening import service
from services.screening.actions import copies, reviews
from services.screening.messages import ReviewDue
from shared.contracts.intake import HostRegistered, ProjectSubmitted, ProjectWithdrawn, RoundScheduled
from shared.contracts.message import subject
from shared.runtime.work import Work
from shared.web.revocations import subscribe_to_revocations

subscribe_to_revocations(service)


def project_and_host(event: ProjectSubmitted) -> tuple[str, ...]:
    """The subjects to lock: the findings in a project depend on the facts of its host."""
    return (event.subject, subject("host", event.host_id))


@service.subscriber(RoundScheduled)
async def keep_round(event: RoundScheduled, work: Work) -> None:
    await copies.keep_round(event, work)


@service.subscriber(HostRegistered)
async def keep_host(event: HostRegistered, work: Work) -> None:
    await copies.keep_host(event, work)


@service.subscriber(ProjectSubmitted, changes=project_and_host)
async def review_submitted_project(event: ProjectSubmitted, work: Work) -> None:
    await reviews.open_review(event, work)


@service.subscriber(ProjectWithdrawn)
async def close_review(event: ProjectWithdrawn, work: Work) -> None:
    await reviews.withdraw_project(event.project_id, work)


@service.subscriber(ReviewDue)
async def report_overdue(timer: ReviewDue, work: Work) -> None:
    await reviews.report_overdue(timer.project_id, timer.revision, work)
