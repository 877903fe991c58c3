"""Keep hosts and students as the systems that own their data send them."""

from services.intake import rules, store
from services.intake.rules.submissions import Arrival
from shared.contracts.intake import HostRegistered, StudentRegistered
from shared.contracts.submissions import HostFacts, HostRecord, StudentFacts, StudentRecord
from shared.runtime.work import Work


async def keep_host(record: HostRecord, arrival: Arrival, work: Work) -> None:
    known = await store.people.find_host(work.connection, record.host_id)
    if rules.people.is_overtaken(arrival.sent_at, known):
        return
    host = rules.people.recorded(rules.people.facts_in(record, HostFacts), arrival.sent_at, known)
    await store.people.keep_host(work.connection, record.host_id, host)
    if known is None or host.version > known.version:
        await store.catalogue.list_projects_of_host(work.connection, record.host_id)
        work.publish(HostRegistered(host_id=record.host_id, host_version=host.version, **dict(host.facts)))


async def keep_student(record: StudentRecord, arrival: Arrival, work: Work) -> None:
    known = await store.people.find_student(work.connection, record.student_id)
    if rules.people.is_overtaken(arrival.sent_at, known):
        return
    student = rules.people.recorded(rules.people.facts_in(record, StudentFacts), arrival.sent_at, known)
    await store.people.keep_student(work.connection, record.student_id, student, record.visa_weekly_hours)
    if known is None or student.version > known.version:
        work.publish(
            StudentRegistered(student_id=record.student_id, student_version=student.version, **dict(student.facts))
        )
