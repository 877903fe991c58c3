"""Who may read a CV and a statement, and until when."""

from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from shared.contracts.submissions import ApplicationWithdrawal, ProjectWithdrawal
from shared.web.callers import Purpose, Role
from shared.web.sessions import Session
from tests.services.intake.front_door import PORTAL, FrontDoor
from tests.services.intake.studying import words_of
from tests.support.intake import CLOSES, OPENS, a_host_record, a_student_record
from tests.support.visitors import browser, host, staff, student

SMALLEST = timedelta(microseconds=1)
END = OPENS.replace(month=6, day=26, hour=0)
"""The end of the round: midnight after Friday 25 June, in local time."""


@pytest.fixture
async def cv(door: FrontDoor) -> UUID:
    """The CV of the only application, which is for a project of H0001."""
    await door.open_applications("S00002")
    await door.intake.submit("student-records", a_student_record(visa_weekly_hours=38.25))
    await door.intake.submit("customer-relations", a_host_record(host_id="H0002", organisation="Nobody & Co"))
    document = await door.send_cv()
    await door.apply(cv=document)
    return document


@pytest.fixture
async def closed(door: FrontDoor, cv: UUID) -> FrontDoor:
    await door.intake.step_to(CLOSES)
    return door


async def get(door: FrontDoor, session: Session | None, path: str) -> httpx.Response:
    async with browser(door.intake.replicas, session) as client:
        return await client.get(path)


@pytest.mark.parametrize(
    ("session", "status"),
    [
        (student("S00001"), 200),
        (host("H0001"), 200),
        (staff(Role.STAFF), 200),
        (student("S00002"), 404),
        (host("H0002"), 404),
        (staff(Role.VIEWER), 404),
        (staff(Role.REVIEWER), 404),
        (student("S00001", Purpose.SURVEY), 404),
        (host("H0001", Purpose.SURVEY), 404),
        (None, 401),
    ],
    ids=[
        *("its student", "its host", "staff", "another student", "another host", "viewer", "reviewer"),
        *("its student, to survey", "its host, to survey", "nobody"),
    ],
)
async def test_a_cv_is_readable_by_its_student_its_host_and_staff(
    closed: FrontDoor, cv: UUID, session: Session | None, status: int
) -> None:
    answer = await get(closed, session, f"/documents/{cv}")
    assert answer.status_code == status
    if status == 200:
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_no_other_system_reads_a_cv_not_even_its_sender(closed: FrontDoor, cv: UUID) -> None:
    assert (await closed.intake.http.get(f"/documents/{cv}", headers=PORTAL)).status_code == 404


async def test_a_host_saves_a_cv_under_its_students_name(closed: FrontDoor, cv: UUID) -> None:
    name = (await get(closed, host("H0001"), f"/documents/{cv}")).headers["content-disposition"]
    assert name.endswith("filename*=UTF-8''Elif%20Sato%20%E2%80%93%20Brown%20%26%20Brown%20Museum%20%28CV%29.pdf")


async def test_a_host_reads_until_the_round_is_over(closed: FrontDoor, cv: UUID) -> None:
    paths = (f"/documents/{cv}", "/host/applications/A000001")
    await closed.intake.step_to(END - SMALLEST)
    assert [(await get(closed, host("H0001"), path)).status_code for path in paths] == [200, 200]
    await closed.intake.step_to(END)
    assert [(await get(closed, host("H0001"), path)).status_code for path in paths] == [404, 404]
    assert (await get(closed, student("S00001"), f"/documents/{cv}")).status_code == 200


@pytest.mark.parametrize(
    ("system", "withdrawal"),
    [
        ("careers-portal", ApplicationWithdrawal(application_id="A000001")),
        ("customer-relations", ProjectWithdrawal(project_id="P0001")),
    ],
    ids=["the application", "the project"],
)
async def test_a_host_can_no_longer_read_what_was_withdrawn(
    closed: FrontDoor, cv: UUID, system: str, withdrawal: ApplicationWithdrawal | ProjectWithdrawal
) -> None:
    await closed.intake.submit(system, withdrawal)
    for path in (f"/documents/{cv}", "/host/applications/A000001"):
        assert (await get(closed, host("H0001"), path)).status_code == 404


async def test_a_host_reads_applications_once_they_have_closed(door: FrontDoor, cv: UUID) -> None:
    door.intake.clock.step_to(CLOSES - SMALLEST)
    answer = await get(door, host("H0001"), "/host/applications/A000001")
    assert (answer.status_code, "once they have closed" in words_of(answer)) == (404, True)
    await door.intake.step_to(CLOSES)
    answer = await get(door, host("H0001"), "/host/applications/A000001")
    assert answer.status_code == 200
    assert 'id="application"' in answer.text
    page = words_of(answer)
    for text in ("Elif Sato", "Mathematics", "UG, year 2", "I enjoy making a messy table tell the truth."):
        assert text in page
    assert f"/documents/{cv}" in answer.text
    for personal in ("38.25", "international", "@"):
        assert personal not in page


@pytest.mark.parametrize("path", ["/host/applications/A000001", "/host/applications/A999999"])
async def test_another_hosts_application_is_not_found(closed: FrontDoor, path: str) -> None:
    assert (await get(closed, host("H0002"), path)).status_code == 404
