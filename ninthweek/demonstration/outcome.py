"""The outcome of a term, from the events published in it, and how it differs from what was expected."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel

from ninthweek.demonstration.chronicle import Chronicle
from ninthweek.demonstration.term import Expected
from shared.contracts.intake import (
    ApplicationReceived,
    ApplicationsClosed,
    ApplicationWithdrawn,
    ProjectSubmitted,
    ProjectWithdrawn,
    SubmissionRefused,
)
from shared.contracts.matching import (
    MatchMade,
    OfferMade,
    PlacementCancelled,
    PlacementCompleted,
    PlacementConfirmed,
)
from shared.contracts.screening import ProjectApproved

SHOWN = 10
"""How many differences of one key are listed; of the others only the number is given."""


class Placement(BaseModel):
    """A placement that was confirmed in the term."""

    application_id: str
    student_id: str
    project_id: str
    status: Literal["confirmed", "completed", "cancelled"]


class Outcome(BaseModel):
    """The outcome of a term."""

    projects_submitted: int
    projects_approved: list[str]
    refused: dict[str, list[str]]
    applications_received: list[str]
    first_offers: list[str]
    places: int
    placements: list[Placement]
    emails: dict[str, int]
    events: dict[str, int]


class Summary(Outcome):
    """The contents of `summary.json`: the outcome, and how long the term took."""

    seconds: float


def outcome_of(chronicle: Chronicle) -> Outcome:
    """The outcome, from all events published until now."""
    withdrawn = {event.project_id for event in chronicle.of(ProjectWithdrawn)}
    approved = {event.project_id: event for event in chronicle.of(ProjectApproved) if event.project_id not in withdrawn}
    return Outcome(
        projects_submitted=len({event.project_id for event in chronicle.of(ProjectSubmitted)}),
        projects_approved=sorted(approved),
        refused=_refused(chronicle),
        applications_received=_applications_at_the_close(chronicle),
        first_offers=_first_offers(chronicle),
        places=sum(event.places for event in approved.values()),
        placements=_placements(chronicle),
        emails=dict(sorted(chronicle.emails.items())),
        events=dict(sorted(chronicle.counts.items())),
    )


def differences(outcome: Outcome, expected: Expected) -> list[str]:
    """How the outcome differs from what was expected, in words."""
    expectations = expected.model_dump(exclude_none=True)
    return [line for key, value in expectations.items() for line in _compared(key, getattr(outcome, key), value)]


def _compared(key: str, found: Any, expected: Any) -> Iterator[str]:
    match found, expected:
        case list(), list():
            yield from _some(f"{key}: not expected", sorted(set(found) - set(expected)))
            yield from _some(f"{key}: missing", sorted(set(expected) - set(found)))
        case dict(), dict():
            names = sorted(name for name in {*found, *expected} if _fields(found, name) != _fields(expected, name))
            yield from _some(
                key, [f"{name} has {_fields(found, name)} and not {_fields(expected, name)}" for name in names]
            )
        case _ if found != expected:
            yield f"{key}: is {found} and not {expected}"


def _some(what: str, items: Sequence[str]) -> Iterator[str]:
    """The first few items of a difference, and how many more there are."""
    if items:
        more = f"; and {len(items) - SHOWN} more" if len(items) > SHOWN else ""
        yield f"{what}: {'; '.join(items[:SHOWN])}{more}"


def _fields(refused: Mapping[str, list[str]], event_id: str) -> str:
    return ", ".join(sorted(refused.get(event_id, ()))) or "no fault"


def _refused(chronicle: Chronicle) -> dict[str, list[str]]:
    fields: defaultdict[str, set[str]] = defaultdict(set)
    for refusal in chronicle.of(SubmissionRefused):
        fields[refusal.submission_id].update(fault.field for fault in refusal.faults)
    return {event_id: sorted(fields[event_id]) for event_id in sorted(fields)}


def _applications_at_the_close(chronicle: Chronicle) -> list[str]:
    standing: set[str] = set()
    for record in chronicle.everything:
        match record.event:
            case ApplicationReceived(application_id=application_id):
                standing.add(application_id)
            case ApplicationWithdrawn(application_id=application_id):
                standing.discard(application_id)
            case ApplicationsClosed():
                break
    return sorted(standing)


def _first_offers(chronicle: Chronicle) -> list[str]:
    """The offers of the match itself: the same message caused them and `MatchMade`."""
    matches = {record.envelope.causation_id for record in chronicle.everything if isinstance(record.event, MatchMade)}
    return sorted(
        record.event.application_id
        for record in chronicle.everything
        if isinstance(record.event, OfferMade) and record.envelope.causation_id in matches
    )


def _placements(chronicle: Chronicle) -> list[Placement]:
    completed = {event.application_id for event in chronicle.of(PlacementCompleted)}
    cancelled = {event.application_id for event in chronicle.of(PlacementCancelled)}
    return [
        Placement(
            application_id=event.application_id,
            student_id=event.student_id,
            project_id=event.project_id,
            status=(
                "cancelled"
                if event.application_id in cancelled
                else "completed"
                if event.application_id in completed
                else "confirmed"
            ),
        )
        for event in sorted(chronicle.of(PlacementConfirmed), key=lambda event: event.application_id)
    ]
