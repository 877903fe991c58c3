"""A sound round, and submissions that pass the door; a test changes what it is about."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.intake.rules.rounds import Round
from shared.contracts.intake import PlacementWeek, RoundCalendar
from shared.contracts.submissions import ApplicationForm, HostRecord, ProjectProposal, StudentRecord

SUBMISSIONS_OPEN = datetime.fromisoformat("2027-03-08T09:00:00+00:00")
SUBMISSIONS_CLOSE = datetime.fromisoformat("2027-04-16T17:00:00+01:00")
OPENS = datetime.fromisoformat("2027-04-21T09:00:00+01:00")
CLOSES = datetime.fromisoformat("2027-05-10T12:00:00+01:00")

A_CV = UUID("01990a4e-7c00-7000-8000-000000000042")


def a_calendar(**changes: Any) -> RoundCalendar:
    return RoundCalendar(
        **{
            "name": "Trinity 2027",
            "submissions_open_at": SUBMISSIONS_OPEN,
            "submissions_close_at": SUBMISSIONS_CLOSE,
            "opens_at": OPENS,
            "closes_at": CLOSES,
            "rankings_due_at": datetime.fromisoformat("2027-05-19T17:00:00+01:00"),
            "offers_at": datetime.fromisoformat("2027-05-21T09:00:00+01:00"),
            "reply_within_days": 3,
            "applications_per_student": 2,
            "weeks": [
                PlacementWeek(week=9, starts_on=date(2027, 6, 21), ends_on=date(2027, 6, 25)),
                PlacementWeek(week=10, starts_on=date(2027, 6, 28), ends_on=date(2027, 7, 2)),
            ],
        }
        | changes
    )


def a_round(**changes: Any) -> Round:
    own = {name: changes.pop(name) for name in ("round_id", "applications_closed_at") if name in changes}
    return Round(**dict(a_calendar(**changes)), **{"round_id": "trinity-2027"} | own)


def a_host_record(**changes: Any) -> HostRecord:
    return HostRecord(
        **{
            "host_id": "H0001",
            "organisation": "Varga & Umar City Council",
            "kind": "city council",
            "legal_status": "statutory",
            "sector": "Government and policy",
            "size": "large",
            "city": "Oxford",
            "country": "GB",
            "alumni": False,
            "returning": True,
            "contact_name": "Mateo Umar",
            "contact_email": "mateo@host.example",
        }
        | changes
    )


def a_student_record(**changes: Any) -> StudentRecord:
    return StudentRecord(
        **{
            "student_id": "S00001",
            "name": "Elif Sato",
            "email": "elif@college.example",
            "level": "UG",
            "year": 1,
            "discipline": "Mathematics",
            "division": "Mathematical, Physical and Life Sciences",
            "domicile": "home",
            "visa_weekly_hours": None,
        }
        | changes
    )


def a_proposal(**changes: Any) -> ProjectProposal:
    return ProjectProposal(
        **{
            "project_id": "P0001",
            "revision": 1,
            "host_id": "H0001",
            "title": "A small tool for river health",
            "category": "software development",
            "mode": "in person",
            "scope": "Build a small, documented tool; nothing beyond it.",
            "tasks": ["Agree the inputs and outputs"],
            "deliverables": ["A one-page user guide"],
            "strategic_focus": "Opening our collections to everyone.",
            "supervision": "Quinn Adeyemi sits beside you.",
            "supervisor_name": "Quinn Adeyemi",
            "skills": ["spreadsheets"],
            "attributes": ["curious"],
            "disciplines": ["any"],
            "places": 1,
            "week": 9,
            "days": 5,
            "starts_on": date(2027, 6, 21),
        }
        | changes
    )


def a_form(**changes: Any) -> ApplicationForm:
    return ApplicationForm(
        **{
            "application_id": "A000001",
            "student_id": "S00001",
            "project_id": "P0001",
            "preference": 1,
            "statement": "I enjoy making a messy table tell the truth.",
            "cv": A_CV,
        }
        | changes
    )
