"""The mails about an application to student and host, from its receipt to its end without a placement."""

from services.notifications.rules.known import Application
from services.notifications.rules.mails import Mail, Template
from shared.contracts.intake import ApplicationReceived, ApplicationWithdrawn
from shared.contracts.matching import ApplicationUnsuccessful, ApplicationWaitlisted, OfferDeclined, OfferMade


def received(event: ApplicationReceived, application: Application) -> list[Mail]:
    dates = application.project.round
    return [
        application.to_student(
            Template.APPLICATION_RECEIVED,
            preference=event.preference,
            closes_at=dates.closes_at,
            offers_at=dates.offers_at,
            reply_within_days=dates.reply_within_days,
        )
    ]


def withdrawn(_event: ApplicationWithdrawn, application: Application) -> list[Mail]:
    """A receipt to the student, and a mail to the host if it is about to rank.

    Neither is sent if the application led to a placement: both are told about the placement's cancellation instead.
    """
    if application.placed:
        return []
    mails = [application.to_student(Template.APPLICATION_WITHDRAWN)]
    project = application.project
    if project.round.closed_at and not project.ranked:
        facts = {"student": application.student.name, "due_at": project.round.rankings_due_at}
        mails.append(application.to_host(Template.APPLICATION_WITHDRAWN_HOST, **facts))
    return mails


def offered(event: OfferMade, application: Application) -> list[Mail]:
    return [application.to_student(Template.OFFER_MADE, reply_by=event.reply_by)]


def offer_declined(event: OfferDeclined, application: Application) -> list[Mail]:
    """The student is told if others or the deadline ended the offer, but not if they declined it themselves."""
    match event.by:
        case "student":
            return []
        case "default":
            return [application.to_student(Template.OFFER_EXPIRED)]
        case "host" | "staff":
            return [application.to_student(Template.OFFER_WITHDRAWN, by=event.by, reason=event.reason)]


def waitlisted(_event: ApplicationWaitlisted, application: Application) -> list[Mail]:
    return [application.to_student(Template.WAITLISTED)]


def unsuccessful(event: ApplicationUnsuccessful, application: Application) -> list[Mail]:
    """No mail to a student who accepted another place: the offer said that their other applications would end."""
    if event.cause == "placed_elsewhere":
        return []
    return [application.to_student(Template.UNSUCCESSFUL, cause=event.cause, second=application.project.round.second)]
