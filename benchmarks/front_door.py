"""Prepares intake for a figure: a round that takes applications, approved projects, students and CVs."""

import asyncio
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO

import aio_pika
import asyncpg
import httpx
import psutil
from pypdf import PdfWriter

from benchmarks.servers import Place
from benchmarks.traffic import message_of, publish
from shared.broker.topology import EVENTS, SUBMISSIONS
from shared.contracts.intake import PlacementWeek
from shared.contracts.screening import ProjectApproved
from tests.support.intake import a_calendar, a_host_record, a_proposal, a_student_record
from tests.support.matching import project_approved

TOKEN = {"Authorization": "Bearer the token of these figures"}
"""The token of staff, as `programme.environment` sets it."""

PROJECTS = 60
BYTES_OF_A_CV = 60_000
LOOKS_EVERY = 0.2
"""Seconds between two looks at what is handled."""


def port_of(programme: psutil.Process) -> int:
    """Where a command that was started with `--port` serves."""
    arguments = programme.cmdline()
    return int(arguments[arguments.index("--port") + 1])


def a_cv() -> bytes:
    """A PDF of one page that is like no other."""
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.add_metadata({"/Subject": secrets.token_hex(BYTES_OF_A_CV // 2)})
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def student_id(number: int) -> str:
    return f"S{number:06}"


def project_id(number: int) -> str:
    """The project that a student applies for: students are spread over all projects in turn."""
    return f"P{number % PROJECTS:04}"


async def open_applications(place: Place, programme: psutil.Process, students: int) -> None:
    """Set a round that takes applications now, with its projects and so many students; wait until intake has all."""
    now = datetime.now(UTC)
    monday = (now + timedelta(days=70 - now.weekday())).date()
    week = PlacementWeek(week=9, starts_on=monday, ends_on=monday + timedelta(days=4))
    calendar = a_calendar(
        submissions_open_at=now - timedelta(days=1),
        submissions_close_at=now + timedelta(days=20),
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=30),
        rankings_due_at=now + timedelta(days=40),
        offers_at=now + timedelta(days=50),
        weeks=[week],
    )
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port_of(programme)}", headers=TOKEN) as staff:
        (await staff.post("/rounds", json=calendar.model_dump(mode="json"))).raise_for_status()
    administrator = await asyncpg.connect(place.database_url, server_settings={"search_path": "intake"})
    try:
        for key, messages, known, number in (
            ("customer-relations.host", _hosts(), "select count(*) from hosts", 1),
            ("customer-relations.project", _proposals(week), "select count(*) from projects", PROJECTS),
            ("student-records.student", _students(students), "select count(*) from students", students),
        ):
            await publish(place.amqp_url, SUBMISSIONS, key, messages)
            await _until(administrator, known, number)
        await publish(place.amqp_url, EVENTS, ProjectApproved.routing_key, _approvals(week))
        await _until(administrator, "select count(*) from catalogue", PROJECTS)
    finally:
        await administrator.close()


def _hosts() -> Iterator[aio_pika.Message]:
    yield message_of(a_host_record(host_id="H1"), source="customer-relations")


def _proposals(week: PlacementWeek) -> Iterator[aio_pika.Message]:
    for number in range(PROJECTS):
        proposal = a_proposal(project_id=project_id(number), host_id="H1", days=5, starts_on=week.starts_on)
        yield message_of(proposal, source="customer-relations")


def _students(students: int) -> Iterator[aio_pika.Message]:
    for number in range(students):
        yield message_of(a_student_record(student_id=student_id(number)), source="student-records")


def _approvals(week: PlacementWeek) -> Iterator[aio_pika.Message]:
    for number in range(PROJECTS):
        event = project_approved(project_id(number), host_id="H1", starts_on=week.starts_on, ends_on=week.ends_on)
        yield message_of(event, source="screening")


async def _until(connection: asyncpg.Connection, known: str, number: int) -> None:
    while await connection.fetchval(known) < number:
        if await connection.fetchval("select exists (select from failures)"):
            raise RuntimeError("intake has a failure: nothing can be measured")
        await asyncio.sleep(LOOKS_EVERY)
