"""Tell a host about its project, from its receipt to the verdict, and staff about an overdue review."""

from services.notifications import store
from services.notifications.actions.mails import send_after_commit
from services.notifications.rules import projects as rules
from services.notifications.rules.known import Project
from shared.contracts.intake import ProjectSubmitted, ProjectWithdrawn
from shared.contracts.screening import ProjectApproved, ProjectDeclined, ProjectReturned, ReviewOverdue
from shared.runtime import NotYet, Work


async def notify_of_submission(event: ProjectSubmitted, work: Work) -> None:
    await store.copies.keep_project(work.connection, event)
    await send_after_commit(rules.received(event, await _project(event.project_id, work)), work)


async def notify_of_approval(event: ProjectApproved, work: Work) -> None:
    await store.copies.approve_project(work.connection, event)
    await send_after_commit(rules.approved(event, await _project(event.project_id, work)), work)


async def notify_of_return(event: ProjectReturned, work: Work) -> None:
    await send_after_commit(rules.returned(event, await _project(event.project_id, work), now=work.now), work)


async def notify_of_decline(event: ProjectDeclined, work: Work) -> None:
    await send_after_commit(rules.declined(event, await _project(event.project_id, work)), work)


async def notify_of_withdrawal(event: ProjectWithdrawn, work: Work) -> None:
    await store.copies.withdraw_project(work.connection, event)
    await send_after_commit(rules.withdrawn(event, await _project(event.project_id, work)), work)


async def notify_of_overdue_review(event: ReviewOverdue, work: Work) -> None:
    await send_after_commit(rules.review_overdue(event, await _project(event.project_id, work)), work)


async def _project(project_id: str, work: Work) -> Project:
    project = await store.known.project(work.connection, project_id)
    if project is None:
        raise NotYet("the project, its host or its round is still on its way")
    return project
