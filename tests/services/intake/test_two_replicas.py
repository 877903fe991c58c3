"""Two replicas of intake that work on the same rows at the same time."""

import asyncio
from collections import Counter

from shared.contracts.intake import ApplicationReceived, ApplicationsClosed, SubmissionRefused
from tests.services.intake.front_door import FrontDoor
from tests.support.intake import CLOSES, OPENS, a_host_record

STUDENTS = [f"S{number:05}" for number in range(12)]


async def test_no_application_is_lost_between_the_count_and_the_close(two_doors: FrontDoor) -> None:
    await two_doors.open_applications(*STUDENTS)
    documents = {student_id: await two_doors.send_cv() for student_id in STUDENTS}
    in_time = [
        two_doors.apply(student_id=student_id, cv=cv, application_id=f"A-{student_id}-{number}", time=OPENS)
        for number in range(2)
        for student_id, cv in documents.items()
    ]
    await asyncio.gather(*in_time[:12], two_doors.intake.step_to(CLOSES), *in_time[12:])

    (closed,) = await two_doors.intake.published(ApplicationsClosed)
    received = await two_doors.intake.published(ApplicationReceived)
    refused = await two_doors.intake.published(SubmissionRefused)
    assert closed.applications_received == len(received)
    assert len(received) + len(refused) == len(in_time)
    assert {fault.field for each in refused for fault in each.faults} <= {"sent_at"}


async def test_a_student_stays_within_the_limit(two_doors: FrontDoor) -> None:
    await two_doors.open_applications(*STUDENTS)
    documents = {student_id: await two_doors.send_cv() for student_id in STUDENTS}
    await asyncio.gather(
        *(
            two_doors.apply(student_id=student_id, cv=cv, application_id=f"A-{student_id}-{number}")
            for number in range(5)
            for student_id, cv in documents.items()
        )
    )

    received = Counter(each.student_id for each in await two_doors.intake.published(ApplicationReceived))
    assert received == dict.fromkeys(STUDENTS, 2)
    assert await two_doors.intake.failures() == []


async def test_a_document_is_used_by_one_student_and_an_id_by_one_application(two_doors: FrontDoor) -> None:
    await two_doors.open_applications(*STUDENTS)
    cv = await two_doors.send_cv()
    await asyncio.gather(
        *(two_doors.apply(student_id=student_id, cv=cv, application_id=f"A-{student_id}") for student_id in STUDENTS)
    )
    await asyncio.gather(*(two_doors.apply(student_id=student_id, application_id="A1") for student_id in STUDENTS))

    received = [each.application_id for each in await two_doors.intake.published(ApplicationReceived)]
    assert len(received) == 2
    assert "A1" in received
    assert await two_doors.intake.failures() == []


async def test_of_several_contents_under_one_id_the_first_stands_and_the_others_are_refused(
    two_doors: FrontDoor,
) -> None:
    await asyncio.gather(
        *(
            two_doors.intake.submit("customer-relations", a_host_record(host_id=f"H{number}"), identifier="evt-1")
            for number in range(20)
        )
    )

    assert Counter(await two_doors.intake.published_types()) == {"HostRegistered": 1, "SubmissionRefused": 19}
    assert await two_doors.intake.failures() == []
