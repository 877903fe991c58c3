"""The state of an application and what comes next, in words for its student."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.matching.rules.life import (
    ACCEPT,
    CANCEL,
    COMPLETE,
    DECLINE,
    EXPIRE,
    HOLDS_A_PLACE,
    HOST,
    MATCH,
    NO_PLACE,
    NOT_SUITABLE,
    OFFER_BY_HAND,
    OFFER_ON,
    PLACED_ELSEWHERE,
    PROJECT_WITHDRAWN,
    RECEIVE,
    RETRACT,
    STUDENT,
    WAITLIST,
    WITHDRAW,
    Application,
    State,
)
from services.matching.rules.rounds import Round, midnight
from services.matching.rules.tags import Tag
from shared.workflow import Step


@dataclass(frozen=True, slots=True)
class Milestone:
    """Something that happens at a moment, or a deadline."""

    what: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Outlook(Tag):
    """A state, what it means, and the milestones that lie ahead, the soonest first."""

    meaning: str
    ahead: tuple[Milestone, ...] = ()


def outlook(
    application: Application, round_: Round, others: Iterable[Application], last: Step[State], *, now: datetime
) -> Outlook:
    """The outlook of an application whose last step is `last`.

    `others` are the student's other applications, in this round and in the one that shares its places.
    """
    match application.state:
        case State.STANDING:
            return _standing(round_, others, now)
        case State.WAITLISTED:
            return Outlook(
                "On the waiting list",
                "waiting",
                "The host would like to have you, but all its places are taken for now. A place that becomes free is "
                "offered at once to the next student on the list.",
                _ahead(now, Milestone("The waiting list ends", round_.waiting_list_ends_at)),
            )
        case State.OFFERED:
            return _offered(application, now)
        case State.CONFIRMED:
            return _confirmed(application, now)
        case State.COMPLETED:
            return Outlook("Completed", "good", "Your placement is over. Please tell us how it was.")
        case _:
            return _ended(application, last)


def _standing(round_: Round, others: Iterable[Application], now: datetime) -> Outlook:
    due = Milestone("Hosts rank their applicants by", round_.rankings_due_at)
    offers = Milestone("Offers go out", round_.offers_at)
    if round_.matched_at:
        if any(other.state in HOLDS_A_PLACE for other in others):
            meaning = (
                "You have an offer for another of your applications. If you accept that offer, this application ends. "
                "If you decline it, this one stays open."
            )
        else:
            meaning = "This application is still open. A place that becomes free may be offered to you."
        return Outlook(
            "Still open",
            "waiting",
            meaning,
            _ahead(now, Milestone("The waiting list ends", round_.waiting_list_ends_at)),
        )
    if now < round_.closes_at:
        return Outlook(
            "Received",
            "info",
            "We have your application. The host sees it once applications close; until then nobody ranks it.",
            (Milestone("Applications close", round_.closes_at), due, offers),
        )
    if now < round_.rankings_due_at:
        return Outlook(
            "With the host",
            "waiting",
            "Applications are closed. The host reads them and ranks its applicants.",
            (due, offers),
        )
    return Outlook(
        "Waiting for offers",
        "waiting",
        "The time for rankings is over. Places are matched by what students prefer and how hosts rank them.",
        _ahead(now, offers),
    )


def _offered(application: Application, now: datetime) -> Outlook:
    if application.offer and now < application.offer.reply_by:
        return Outlook(
            "Offered to you",
            "info",
            "The place is yours if you accept in time. Without a reply it counts as declined and goes to someone else.",
            (Milestone("Reply by", application.offer.reply_by),),
        )
    return Outlook("Offer ended", "bad", "The time to reply to this offer is over, so it counts as declined.")


def _confirmed(application: Application, now: datetime) -> Outlook:
    if application.days and now >= midnight(application.days.starts_on):
        return Outlook("In progress", "good", "Your placement has begun.")
    return Outlook("Confirmed", "good", "The place is yours. Prepare for it: your checklist says what to do.")


def _ended(application: Application, last: Step[State]) -> Outlook:
    match application.state:
        case State.WITHDRAWN:
            return Outlook("Withdrawn", "neutral", "You withdrew this application.")
        case State.DECLINED:
            return Outlook("Declined", "neutral", "You declined the offer, which ended this application.")
        case State.EXPIRED:
            return Outlook(
                "Not replied to",
                "bad",
                "There was no reply to the offer in time, so it counts as declined and this application has ended.",
            )
        case State.RETRACTED:
            return Outlook(
                "Offer taken back",
                "bad",
                "The host withdrew its project, and with it the offer. It is nothing that you did.",
            )
        case State.CANCELLED:
            return Outlook("Cancelled", "bad", _cancelled(last))
        case _:
            return Outlook("Not successful", "bad", _UNSUCCESSFUL[last.transition])


def _cancelled(last: Step[State]) -> str:
    if last.by == STUDENT:
        return "You cancelled this placement."
    who = "The host" if last.by == HOST else "The careers service"
    return f"{who} cancelled this placement. It is nothing that you did."


_UNSUCCESSFUL = {
    NOT_SUITABLE.name: "The host has not chosen you for this project. Hosts had to leave out many good applications.",
    NO_PLACE.name: "The host would have liked to have you, but no place became free in time.",
    PLACED_ELSEWHERE.name: "It ended when you accepted another place.",
    PROJECT_WITHDRAWN.name: "The host withdrew the project. It is nothing that you did.",
}


def _ahead(now: datetime, *milestones: Milestone) -> tuple[Milestone, ...]:
    return tuple(each for each in milestones if now < each.at)


STEP_TEXTS: Final = {
    RECEIVE.name: "Your application was received",
    MATCH.name: "You were offered a place",
    OFFER_ON.name: "You were offered a place that had become free",
    OFFER_BY_HAND.name: "The programme's staff offered you a place",
    WAITLIST.name: "You were put on the waiting list",
    ACCEPT.name: "You accepted the offer",
    COMPLETE.name: "Your placement was completed",
    DECLINE.name: "You declined the offer",
    EXPIRE.name: "The offer ended without a reply",
    RETRACT.name: "The host took the offer back",
    WITHDRAW.name: "You withdrew the application",
    CANCEL[STUDENT].name: "The placement was cancelled",
    NOT_SUITABLE.name: "The application was not successful",
    NO_PLACE.name: "The waiting list ended",
    PLACED_ELSEWHERE.name: "The application ended because you accepted another place",
    PROJECT_WITHDRAWN.name: "The host withdrew the project",
}
"""Each transition in words for the student: what happened."""
