"""Example events as their services publish them: valid as they are; a test changes the fields that it is about."""

from datetime import UTC, date, datetime
from typing import Any

from shared.contracts.intake import (
    HostRegistered,
    PlacementWeek,
    ProjectSubmitted,
    ProjectWithdrawn,
    RoundScheduled,
    StudentRegistered,
)
from shared.contracts.matching import PlacementCompleted

ROUND = "trinity-2027"


def round_scheduled(**changes: Any) -> RoundScheduled:
    facts: dict[str, Any] = {
        "round_id": ROUND,
        "round_version": 1,
        "name": "Trinity 2027",
        "submissions_open_at": datetime(2027, 3, 8, 9, tzinfo=UTC),
        "submissions_close_at": datetime(2027, 4, 16, 16, tzinfo=UTC),
        "opens_at": datetime(2027, 4, 21, 8, tzinfo=UTC),
        "closes_at": datetime(2027, 5, 10, 11, tzinfo=UTC),
        "rankings_due_at": datetime(2027, 5, 19, 16, tzinfo=UTC),
        "offers_at": datetime(2027, 5, 21, 8, tzinfo=UTC),
        "reply_within_days": 3,
        "applications_per_student": 2,
        "weeks": [PlacementWeek(week=9, starts_on=date(2027, 6, 21), ends_on=date(2027, 6, 25))],
    }
    return RoundScheduled(**facts | changes)


def host_registered(**changes: Any) -> HostRegistered:
    facts: dict[str, Any] = {
        "host_id": "H0001",
        "host_version": 1,
        "organisation": "Brown & Brown Museum",
        "kind": "museum",
        "legal_status": "charity",
        "sector": "Heritage and museums",
        "size": "sme",
        "city": "Oxford",
        "country": "GB",
        "alumni": True,
        "returning": False,
        "contact_name": "Hana Brown",
        "contact_email": "hana@museum.example",
    }
    return HostRegistered(**facts | changes)


def student_registered(**changes: Any) -> StudentRegistered:
    facts: dict[str, Any] = {
        "student_id": "S00001",
        "student_version": 1,
        "name": "Elif Sato",
        "email": "elif@college.example",
        "level": "UG",
        "year": 2,
        "discipline": "Mathematics",
        "division": "Mathematical, Physical and Life Sciences",
        "domicile": "home",
    }
    return StudentRegistered(**facts | changes)


def project_submitted(**changes: Any) -> ProjectSubmitted:
    facts: dict[str, Any] = {
        "project_id": "P0001",
        "revision": 1,
        "round_id": ROUND,
        "host_id": "H0001",
        "title": "A small tool for river health",
        "category": "software development",
        "mode": "in person",
        "scope": "Colleagues at the museum copy figures on river health by hand every week. You will build a small, "
        "documented tool that does it for them.",
        "tasks": ["Agree the inputs and outputs", "Show two colleagues how to use it"],
        "deliverables": ["Working code with tests", "A one-page user guide"],
        "strategic_focus": "Doing more with the evidence that we already hold.",
        "supervision": "Hana Brown will meet you each morning for fifteen minutes.",
        "supervisor_name": "Hana Brown",
        "skills": ["Python"],
        "attributes": ["curious"],
        "disciplines": ["any"],
        "places": 2,
        "week": 9,
        "days": 5,
        "starts_on": date(2027, 6, 21),
    }
    return ProjectSubmitted(**facts | changes)


def project_withdrawn(**changes: Any) -> ProjectWithdrawn:
    facts: dict[str, Any] = {"project_id": "P0001", "round_id": ROUND, "host_id": "H0001"}
    return ProjectWithdrawn(**facts | changes)


def placement_completed(**changes: Any) -> PlacementCompleted:
    facts: dict[str, Any] = {
        "application_id": "A000001",
        "round_id": ROUND,
        "student_id": "S00001",
        "project_id": "P0001",
        "host_id": "H0001",
        "starts_on": date(2027, 6, 21),
        "ends_on": date(2027, 6, 25),
    }
    return PlacementCompleted(**facts | changes)
