from datetime import timedelta

from shared.contracts.intake import HostRegistered, StudentRegistered
from tests.services.intake.front_door import FrontDoor
from tests.support.intake import OPENS, a_host_record, a_student_record


async def test_a_host_is_registered_once_and_again_when_its_facts_change(door: FrontDoor) -> None:
    await door.intake.submit("customer-relations", a_host_record())
    await door.intake.submit("customer-relations", a_host_record())
    await door.intake.submit("customer-relations", a_host_record(city="Leeds"))

    published = await door.intake.published(HostRegistered)
    assert [(host.host_version, host.city) for host in published] == [(1, a_host_record().city), (2, "Leeds")]


async def test_a_students_visa_hours_are_not_published(door: FrontDoor) -> None:
    await door.intake.submit("student-records", a_student_record(visa_weekly_hours=20.0))
    await door.intake.submit("student-records", a_student_record(visa_weekly_hours=10.0))

    (published,) = await door.intake.published(StudentRegistered)
    assert "visa" not in published.model_dump_json()
    assert await door.intake.connection.fetchval("select visa_weekly_hours from students") == 10.0


async def test_a_record_that_arrives_after_a_newer_one_changes_nothing(door: FrontDoor) -> None:
    await door.intake.submit("student-records", a_student_record(year=3), time=OPENS)
    await door.intake.submit("student-records", a_student_record(year=2), time=OPENS - timedelta(hours=1))

    (published,) = await door.intake.published(StudentRegistered)
    assert published.year == 3
