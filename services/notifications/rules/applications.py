"""What student and host are told of an application, from the door to its end without a placement."""

from services.notifications.rules.known import Application
from services.notifications.rules.mails import Mail, Template
from shared.contracts.intake import ApplicationReceived, ApplicationWithdrawn
from shared.contracts.matching import ApplicationUnsuccessful, ApplicationWaitlisted, OfferDeclined, OfferMade


def received(event: ApplicationReceived, application: Application) -> list[Mail]:
    dates = application.project.round
    facts = application.facts | {
        "preference": event.preference,
        "closes_at": dates.closes_at,
        "offers_at": dates.offers_at,
        "reply_within_days": dates.reply_within_days,
    }
    return [Mail(Template.APPLICATION_RECEIVED, application.student.recipient, facts)]


def withdrawn(_event: ApplicationWithdrawn, application: Application) -> list[Mail]:
    """A receipt to the student, and to a host that is about to rank.

    Neither where a placement came of it: what follows is its cancellation, of which both are told.
    """
    if application.placed:
        return []
    mails = [Mail(Template.APPLICATION_WITHDRAWN, application.student.recipient, application.facts)]
    project = application.project
    if project.round.closed_at and not project.ranked:
        facts = application.facts | {"student": application.student.name, "due_at": project.round.rankings_due_at}
        mails.append(Mail(Template.APPLICATION_WITHDRAWN_HOST, project.host.recipient, facts))
    return mails


def offered(event: OfferMade, application: Application) -> list[Mail]:
    facts = application.facts | {"reply_by": event.reply_by}
    return [Mail(Template.OFFER_MADE, application.student.recipient, facts)]


def offer_declined(event: OfferDeclined, application: Application) -> list[Mail]:
    """Students hear what others, or time, decided; not what they have just said themselves."""
    match event.by:
        case "student":
            return []
        case "default":
            return [Mail(Template.OFFER_EXPIRED, application.student.recipient, application.facts)]
        case "host" | "staff":
            facts = application.facts | {"by": event.by, "reason": event.reason}
            return [Mail(Template.OFFER_WITHDRAWN, application.student.recipient, facts)]


def waitlisted(_event: ApplicationWaitlisted, application: Application) -> list[Mail]:
    return [Mail(Template.WAITLISTED, application.student.recipient, application.facts)]


def unsuccessful(event: ApplicationUnsuccessful, application: Application) -> list[Mail]:
    """Who has accepted a place was told with the offer that the other applications end."""
    if event.cause == "placed_elsewhere":
        return []
    facts = application.facts | {"cause": event.cause}
    return [Mail(Template.UNSUCCESSFUL, application.student.recipient, facts)]
