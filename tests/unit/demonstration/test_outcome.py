"""The outcome is made from the events."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from ninthweek.demonstration.chronicle import Chronicle
from ninthweek.demonstration.outcome import Outcome, differences, outcome_of
from ninthweek.demonstration.term import Expected
from shared.broker.topology import EVENTS
from shared.contracts.envelope import Envelope
from shared.contracts.faults import Fault
from shared.contracts.intake import SubmissionRefused
from shared.contracts.matching import MatchMade, OfferMade, PlacementCancelled, PlacementCompleted, PlacementConfirmed
from shared.contracts.message import Event
from shared.contracts.notifications import EmailSent
from shared.runtime.outgoing import Outgoing
from tests.support.examples import ROUND, placement_completed, project_submitted, project_withdrawn
from tests.support.matching import (
    application_received,
    application_withdrawn,
    applications_closed,
    project_approved,
)

NOW = datetime(2027, 5, 21, 8, tzinfo=UTC)


@pytest.fixture
def chronicle() -> Chronicle:
    return Chronicle([])


def publish(chronicle: Chronicle, *events: Event, because_of: str | None = None, times: int = 1) -> None:
    for event in events:
        identifier = uuid4()
        envelope = Envelope(str(identifier), "a service", event.type, NOW, event.subject, causation_id=because_of)
        row = Outgoing(
            identifier, uuid4(), EVENTS, event.routing_key, envelope.to_headers(), event.to_json(), mandatory=False
        )
        for _ in range(times):
            chronicle.publishing("a service", row)


def ids_of(application_id: str) -> dict[str, Any]:
    return {
        "application_id": application_id,
        "round_id": ROUND,
        "student_id": f"S-{application_id}",
        "project_id": "P1",
        "host_id": "H1",
    }


def refused(event_id: str, fields: Sequence[str]) -> SubmissionRefused:
    return SubmissionRefused(
        submission_id=event_id,
        source="careers-portal",
        kind="application",
        faults=[Fault(field=field, reason="Correct it.") for field in fields],
        refused_at=NOW,
    )


def test_an_event_that_is_published_twice_is_kept_once(chronicle: Chronicle) -> None:
    publish(chronicle, project_submitted(), times=2)
    assert chronicle.counts == {"ProjectSubmitted": 1}
    assert [type(event).__name__ for event in chronicle.news()] == ["ProjectSubmitted"]


def test_news_are_returned_once(chronicle: Chronicle) -> None:
    publish(chronicle, project_submitted())
    assert len(chronicle.news()) == 1
    assert chronicle.news() == []
    publish(chronicle, project_withdrawn(), project_submitted(revision=2))
    assert len(chronicle.news()) == 2


def test_a_private_message_of_a_service_is_no_event(chronicle: Chronicle) -> None:
    event = project_submitted()
    envelope = Envelope("e1", "intake", event.type, NOW)
    returning = Outgoing(
        uuid4(), uuid4(), "screening", "messages", envelope.to_headers(), event.to_json(), mandatory=True
    )
    chronicle.publishing("screening", returning)
    assert chronicle.everything == []


def test_projects_count_once_and_those_withdrawn_are_not_approved(chronicle: Chronicle) -> None:
    publish(chronicle, project_submitted(), project_submitted(revision=2), project_submitted(project_id="P2"))
    publish(
        chronicle,
        project_approved("P1", places=2),
        project_approved("P2", places=3),
        project_withdrawn(project_id="P2"),
    )
    outcome = outcome_of(chronicle)
    assert (outcome.projects_submitted, outcome.projects_approved, outcome.places) == (2, ["P1"], 2)


def test_applications_stand_unless_withdrawn_before_the_close(chronicle: Chronicle) -> None:
    publish(chronicle, *(application_received(student, "P1") for student in ("S1", "S2", "S3")))
    publish(chronicle, application_withdrawn("S1", "P1"), applications_closed(3), application_withdrawn("S2", "P1"))
    assert outcome_of(chronicle).applications_received == ["S2-P1", "S3-P1"]


def test_first_offers_are_those_of_the_match_alone(chronicle: Chronicle) -> None:
    first, later = (OfferMade(**ids_of(each), reply_by=NOW) for each in ("A1", "A2"))
    publish(chronicle, MatchMade(round_id=ROUND, applications=2, places=1, offers=1), first, because_of="the timer")
    publish(chronicle, later, because_of="a reply")
    assert outcome_of(chronicle).first_offers == ["A1"]


def test_a_placement_is_confirmed_until_it_is_completed_or_cancelled(chronicle: Chronicle) -> None:
    days = {name: getattr(placement_completed(), name) for name in ("starts_on", "ends_on")}
    publish(chronicle, *(PlacementConfirmed(**ids_of(each), **days) for each in ("A3", "A2", "A1")))
    publish(
        chronicle, PlacementCompleted(**ids_of("A1"), **days), PlacementCancelled(**ids_of("A2"), **days, by="host")
    )
    placements = outcome_of(chronicle).placements
    assert [(placement.application_id, placement.status) for placement in placements] == [
        ("A1", "completed"),
        ("A2", "cancelled"),
        ("A3", "confirmed"),
    ]


def test_refusals_are_listed_by_event_id_with_all_fields(chronicle: Chronicle) -> None:
    publish(chronicle, refused("e2", ["statement", "cv"]), refused("e1", ["student_id"]))
    assert outcome_of(chronicle).refused == {"e1": ["student_id"], "e2": ["cv", "statement"]}


def test_mails_are_counted_by_template(chronicle: Chronicle) -> None:
    for template in ("offer_made", "offer_made", "review_overdue"):
        publish(chronicle, EmailSent(email_id=uuid4(), template=template, recipient_id="S1"))
    assert outcome_of(chronicle).emails == {"offer_made": 2, "review_overdue": 1}


@pytest.fixture
def outcome(chronicle: Chronicle) -> Outcome:
    publish(chronicle, project_approved("P1", places=2), refused("e1", ["cv"]), refused("e2", ["cv", "statement"]))
    return outcome_of(chronicle)


@pytest.mark.parametrize(
    ("expected", "listed"),
    [
        ({"places": 2, "projects_approved": ["P1"], "refused": {"e1": ["cv"], "e2": ["statement", "cv"]}}, []),
        ({}, []),
        ({"places": 3}, ["places: is 2 and not 3"]),
        (
            {"projects_approved": ["P2", "P3"]},
            ["projects_approved: not expected: P1", "projects_approved: missing: P2; P3"],
        ),
        (
            {"refused": {"e1": ["days"], "e2": ["cv", "statement"], "e3": ["week"]}},
            ["refused: e1 has cv and not days; e3 has no fault and not week"],
        ),
        (
            {"applications_received": [f"A{number:02}" for number in range(12)]},
            ["applications_received: missing: A00; A01; A02; A03; A04; A05; A06; A07; A08; A09; and 2 more"],
        ),
    ],
)
def test_differences_are_listed_in_words(outcome: Outcome, expected: dict[str, Any], listed: list[str]) -> None:
    assert differences(outcome, Expected(**expected)) == listed
