"""Example submissions and documents as outside systems send them, and an example round; all valid as they are."""

from contextlib import suppress
from datetime import datetime
from io import BytesIO
from typing import Any
from uuid import UUID

import psutil
from pypdf import PdfWriter

from services.intake.outside.reading import PROGRAM
from services.intake.rules.rounds import Round
from shared.contracts.intake import RoundCalendar
from shared.contracts.submissions import ApplicationForm, HostRecord, ProjectProposal, ProjectTemplate, StudentRecord
from tests.support.examples import ROUND, host_registered, project_submitted, round_scheduled, student_registered

SUBMISSIONS_OPEN = datetime.fromisoformat("2027-03-08T09:00:00+00:00")
SUBMISSIONS_CLOSE = datetime.fromisoformat("2027-04-16T17:00:00+01:00")
OPENS = datetime.fromisoformat("2027-04-21T09:00:00+01:00")
CLOSES = datetime.fromisoformat("2027-05-10T12:00:00+01:00")

A_CV = UUID("01990a4e-7c00-7000-8000-000000000042")


def a_calendar(**changes: Any) -> RoundCalendar:
    windows: dict[str, Any] = {
        "submissions_open_at": SUBMISSIONS_OPEN,
        "submissions_close_at": SUBMISSIONS_CLOSE,
        "opens_at": OPENS,
        "closes_at": CLOSES,
    }
    example = round_scheduled()
    facts = {name: getattr(example, name) for name in RoundCalendar.model_fields}
    return RoundCalendar(**facts | windows | changes)


def a_round(*, round_id: str = ROUND, applications_closed_at: datetime | None = None, **changes: Any) -> Round:
    return Round(**dict(a_calendar(**changes)), round_id=round_id, applications_closed_at=applications_closed_at)


def a_host_record(**changes: Any) -> HostRecord:
    return HostRecord(**host_registered().model_dump(exclude={"host_version"}) | changes)


def a_student_record(**changes: Any) -> StudentRecord:
    return StudentRecord(**student_registered().model_dump(exclude={"student_version"}) | changes)


def a_proposal(**changes: Any) -> ProjectProposal:
    return ProjectProposal(**project_submitted().model_dump(exclude={"round_id"}) | changes)


def a_template(**changes: Any) -> ProjectTemplate:
    return ProjectTemplate(**project_submitted(**changes).model_dump(include=set(ProjectTemplate.model_fields)))


def a_form(**changes: Any) -> ApplicationForm:
    facts: dict[str, Any] = {
        "application_id": "A000001",
        "student_id": "S00001",
        "project_id": "P0001",
        "preference": 1,
        "statement": "I enjoy making a messy table tell the truth.",
        "cv": A_CV,
    }
    return ApplicationForm(**facts | changes)


def a_pdf(pages: int = 1, password: str | None = None) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def reads_documents(process: psutil.Process) -> bool:
    """Whether a process runs the program that reads PDFs; one that has ended has no command line."""
    with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
        return str(PROGRAM) in process.cmdline()
    return False
