"""Keep copies of hosts and students, and revoke their links."""

from services.notifications import store
from services.notifications.rules import people as rules
from services.notifications.rules.mails import PersonKind
from services.notifications.rules.people import Person
from shared.contracts.intake import HostRegistered, StudentRegistered
from shared.contracts.message import subject
from shared.refusals import NotFound
from shared.runtime import Work
from shared.web import revocations


async def keep_host(event: HostRegistered, work: Work) -> None:
    """Keep a host's facts. If the address changed, revoke the links that were sent to the earlier one."""
    before = await store.people.person(work.connection, "host", event.host_id)
    if await store.copies.keep_host(work.connection, event) and rules.address_changed(before, event.contact_email):
        await revoke_links("host", event.host_id, work, by=rules.CHANGED_ADDRESS)


async def keep_student(event: StudentRegistered, work: Work) -> None:
    """Keep a student's facts. If the address changed, revoke the links that were sent to the earlier one."""
    before = await store.people.person(work.connection, "student", event.student_id)
    if await store.copies.keep_student(work.connection, event) and rules.address_changed(before, event.email):
        await revoke_links("student", event.student_id, work, by=rules.CHANGED_ADDRESS)


async def person(kind: PersonKind, person_id: str, work: Work) -> Person:
    """The person with that id; raises `NotFound` if nobody has it."""
    known = await store.people.person(work.connection, kind, person_id)
    if known is None:
        raise NotFound(f"There is no {kind} {person_id}.")
    return known


async def revoke_links(kind: PersonKind, person_id: str, work: Work, *, by: str) -> None:
    """Revoke all links that a person was sent so far, in every service."""
    await work.lock(subject(kind, person_id))
    await person(kind, person_id, work)
    await store.people.add_revocation(work.connection, kind, person_id, by=by, at=work.now)
    await revocations.revoke_links(kind, person_id, work)
