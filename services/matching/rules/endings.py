"""How an application ends, or its offer becomes a placement: by the student, the host, staff, or by default."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Final

from services.matching.rules.life import (
    ACCEPT,
    CANCEL,
    COMPLETE,
    DECLINE,
    EXPIRE,
    HOST,
    NO_PLACE,
    PLACED,
    PLACED_ELSEWHERE,
    PROJECT_WITHDRAWN,
    RECEIVE,
    RETRACT,
    STANDS,
    STUDENT,
    WITHDRAW,
    Application,
    Canceller,
    Change,
    State,
    move,
)
from shared.clock import LOCAL_TIME
from shared.contracts.intake import ApplicationReceived
from shared.refusals import NotAllowed


class Reply(StrEnum):
    """A student's reply to an offer."""

    ACCEPT = "accept"
    DECLINE = "decline"


def receive(
    event: ApplicationReceived, *, withdrawn: bool, project_withdrawn: bool, placed: bool = False, now: datetime
) -> list[Change]:
    """The first step of an application, and its end if it or its project was withdrawn before it arrived.

    An application of the second round also ends at once if its student is `placed`: they accepted a place of the first
    round before the application arrived.
    """
    application = Application(
        application_id=event.application_id,
        round_id=event.round_id,
        student_id=event.student_id,
        project_id=event.project_id,
        host_id=event.host_id,
        preference=event.preference,
        received_at=event.received_at,
        state=State.STANDING,
    )
    changes = [Change(application, RECEIVE.step(None, at=now))]
    if withdrawn:
        changes.append(move(application, WITHDRAW, now=now))
    elif project_withdrawn:
        changes.append(move(application, PROJECT_WITHDRAWN, now=now))
    elif placed:
        changes.append(move(application, PLACED_ELSEWHERE, now=now))
    return changes


def reply(application: Application, given: Reply, others: Iterable[Application], *, now: datetime) -> list[Change]:
    """What a reply changes; the same reply again changes nothing.

    `others` are the student's other applications, in this round and in the one that shares its places. Accepting ends
    those of them that stand. Raises `NotAllowed`, with what became of the offer, if it can no longer be replied to.
    """
    replied_before = PLACED if given is Reply.ACCEPT else (State.DECLINED,)
    if application.state in replied_before:
        return []
    if not takes_reply(application, now):
        raise NotAllowed(what_became_of_offer(application))
    if given is Reply.DECLINE:
        return [move(application, DECLINE, now=now)]
    return [
        move(application, ACCEPT, now=now),
        *(move(other, PLACED_ELSEWHERE, now=now) for other in others if other.state in STANDS),
    ]


def takes_reply(application: Application, now: datetime) -> bool:
    """Whether there is an open offer, and its time to reply is not over."""
    offer = application.offer
    return application.state is State.OFFERED and offer is not None and now < offer.reply_by


def expire(application: Application, *, now: datetime) -> list[Change]:
    return [move(application, EXPIRE, now=now)] if application.state is State.OFFERED else []


def withdraw(application: Application, reason: str, *, now: datetime) -> list[Change]:
    """What a student's withdrawal ends: the application with its offer, or the placement, unless it has ended."""
    if application.state is State.CONFIRMED:
        return [move(application, CANCEL[STUDENT], now=now, comments=reason)]
    if application.state in WITHDRAW.before:
        return [move(application, WITHDRAW, now=now, comments=reason)]
    return []


def withdraw_project(applications: Iterable[Application], reason: str, *, now: datetime) -> list[Change]:
    """What ends with a project: its applications, offers and placements, except those that have ended."""
    ends_by = {
        **dict.fromkeys(STANDS, PROJECT_WITHDRAWN),
        State.OFFERED: RETRACT,
        State.CONFIRMED: CANCEL[HOST],
    }
    return [
        move(application, ends_by[application.state], now=now, comments=reason)
        for application in applications
        if application.state in ends_by
    ]


def cancel(application: Application, by: Canceller, reason: str, *, now: datetime) -> list[Change]:
    """What a cancellation changes: nothing if the placement was cancelled before.

    Raises `NotAllowed` if there is no placement, or it can no longer be cancelled.
    """
    if application.state is State.CANCELLED:
        return []
    if application.state is State.COMPLETED:
        raise NotAllowed("The placement is over: it cannot be cancelled any more.")
    return [move(application, CANCEL[by], now=now, comments=reason)]


def check_placed(application: Application) -> None:
    """Raises `NotAllowed`, with the reason, if there is no placement to cancel."""
    if application.state is not State.CONFIRMED:
        raise NotAllowed("There is no placement to cancel: it was cancelled before, is over, or was never accepted.")


def complete(application: Application, *, now: datetime) -> list[Change]:
    return [move(application, COMPLETE, now=now)] if application.state is State.CONFIRMED else []


def end_waiting_list(applications: Iterable[Application], *, now: datetime) -> list[Change]:
    """The end of every application that still stands. An open offer can still be replied to until its own deadline."""
    return [move(application, NO_PLACE, now=now) for application in applications if application.state in STANDS]


def what_became_of_offer(application: Application) -> str:
    """Why an offer takes no other reply, in words for whoever sent one."""
    if application.state is State.OFFERED and application.offer:
        return f"The time to reply to this offer ended on {_moment_text(application.offer.reply_by)}."
    return _BECAME_OF_OFFER.get(application.state, "No place was offered for this application.")


_BECAME_OF_OFFER: Final = {
    **dict.fromkeys(PLACED, "This offer was accepted; a placement that cannot be taken up is cancelled instead."),
    State.DECLINED: "This offer was declined, which ended the application.",
    State.EXPIRED: "Nobody replied to this offer in time, so it was declined by default.",
    State.RETRACTED: "The host withdrew the project, and with it this offer.",
    State.WITHDRAWN: "The student withdrew the application, and with it this offer.",
}


def _moment_text(moment: datetime) -> str:
    return f"{moment.astimezone(LOCAL_TIME):%-d %B %Y, %H:%M}"
