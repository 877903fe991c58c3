"""From an event to mails: what is known of what it names, what its rule says, and the mails stored to be sent."""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeAlias, TypeVar

from services.notifications import service
from services.notifications.messages import SendEmail
from services.notifications.rules.known import Application, Project
from services.notifications.rules.mails import Mail
from services.notifications.store import emails, known
from shared.contracts.evaluation import SurveyOpened, SurveyUnanswered
from shared.contracts.intake import ApplicationReceived, ApplicationWithdrawn, ProjectSubmitted, ProjectWithdrawn
from shared.contracts.matching import (
    ApplicationUnsuccessful,
    ApplicationWaitlisted,
    OfferDeclined,
    OfferMade,
    PlacementCancelled,
    PlacementConfirmed,
)
from shared.contracts.message import Event
from shared.contracts.screening import ProjectApproved, ProjectDeclined, ProjectReturned, ReviewOverdue
from shared.database.connection import Connection
from shared.identifiers import new_id
from shared.runtime import NotYet, Work

EventT = TypeVar("EventT", bound=Event)
Known = TypeVar("Known", Project, Application)

AboutProject: TypeAlias = (
    ProjectSubmitted | ProjectApproved | ProjectReturned | ProjectDeclined | ProjectWithdrawn | ReviewOverdue
)
AboutApplication: TypeAlias = (
    ApplicationReceived
    | ApplicationWithdrawn
    | OfferMade
    | OfferDeclined
    | ApplicationWaitlisted
    | ApplicationUnsuccessful
    | PlacementConfirmed
    | PlacementCancelled
    | SurveyOpened
    | SurveyUnanswered
)


def hear(
    heard: type[EventT],
    look_up: Callable[[EventT, Work], Awaitable[Known]],
    rule: Callable[[EventT, Known], list[Mail]],
    keep: Callable[[Connection, EventT], Awaitable[None]] | None = None,
) -> None:
    """Handle an event: keep what it changes in our copies, look up what it is about, and tell whom the rule says."""

    async def handle(event: EventT, work: Work) -> None:
        if keep:
            await keep(work.connection, event)
        await tell(work, rule(event, await look_up(event, work)))

    handle.__qualname__ = f"{rule.__module__.rpartition('.')[2]}.{rule.__name__}"  # as it stands in failures
    service.on(heard)(handle)


async def project_of(event: AboutProject, work: Work) -> Project:
    project = await known.project(work.connection, event.project_id)
    if project is None:
        raise NotYet("the project, its host or its round is still on its way")
    return project


async def application_of(event: AboutApplication, work: Work) -> Application:
    application = await known.application(work.connection, event.application_id)
    if application is None:
        raise NotYet("the application, its student or its project is still on its way")
    return application


async def tell(work: Work, mails: Iterable[Mail]) -> None:
    """Store the mails, and have each sent once this is committed. What staff ask for on a page causes itself."""
    cause = work.cause.id if work.cause else str(new_id())
    for email_id in await emails.add(work.connection, mails, cause=cause, now=work.now):
        work.publish(SendEmail(email_id=email_id))
