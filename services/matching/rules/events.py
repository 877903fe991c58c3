"""The events that a change publishes."""

from collections.abc import Iterator
from typing import Any

from services.matching.rules.life import Application, Change, State
from shared.contracts.matching import (
    ApplicationUnsuccessful,
    ApplicationWaitlisted,
    OfferAccepted,
    OfferDeclined,
    OfferMade,
    PlacementCancelled,
    PlacementCompleted,
    PlacementConfirmed,
)
from shared.contracts.message import Event


def events_of(change: Change) -> Iterator[Event]:
    """The events that publish a change; none for what intake has published already."""
    application, step = change.application, change.step
    ids: dict[str, Any] = {
        "application_id": application.application_id,
        "round_id": application.round_id,
        "student_id": application.student_id,
        "project_id": application.project_id,
        "host_id": application.host_id,
    }
    decided: dict[str, Any] = {"by": step.by, "reason": step.comments}
    cause: Any = step.transition  # a transition to `UNSUCCESSFUL` has the name that the contract gives the cause
    match step.after:
        case State.OFFERED if application.offer:
            yield OfferMade(**ids, reply_by=application.offer.reply_by)
        case State.WAITLISTED:
            yield ApplicationWaitlisted(**ids)
        case State.UNSUCCESSFUL:
            yield ApplicationUnsuccessful(**ids, cause=cause)
        case State.DECLINED | State.EXPIRED | State.RETRACTED:
            yield OfferDeclined(**ids, **decided)
        case State.WITHDRAWN if step.before is State.OFFERED:
            yield OfferDeclined(**ids, **decided)
        case State.CONFIRMED:
            yield OfferAccepted(**ids)
            yield PlacementConfirmed(**ids, **_days(application))
        case State.CANCELLED:
            yield PlacementCancelled(**ids, **_days(application), **decided)
        case State.COMPLETED:
            yield PlacementCompleted(**ids, **_days(application))


def _days(application: Application) -> dict[str, Any]:
    days = application.days
    return {"starts_on": days.starts_on, "ends_on": days.ends_on} if days else {}
