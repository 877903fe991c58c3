"""Whom and what a placement or an offer concerns, and why something is done to it."""

from typing import Any, Final

from services.matching import store
from services.matching.routes.applications import find
from services.matching.rules.life import Application
from shared.contracts.faults import Fault
from shared.refusals import NotFound
from shared.runtime.work import Work

LONGEST_REASON: Final = 2_000


async def find_offered(application_id: str, work: Work) -> Application:
    """An application that was offered a place; raises `NotFound`."""
    application = await find(application_id, work)
    if application.offer is None:
        raise NotFound(f"No place was offered for {application_id}.")
    return application


async def concerned(placement: Application, work: Work) -> dict[str, Any]:
    """A placement with its student, project, host and round, for its pages; what is not known here is none."""
    return {
        "placement": placement,
        "student": (await store.people.students(work.connection, [placement.student_id])).get(placement.student_id),
        "project": (await store.projects.in_full(work.connection, [placement.project_id])).get(placement.project_id),
        "host": (await store.people.hosts(work.connection, [placement.host_id])).get(placement.host_id),
        "round": await store.rounds.find(work.connection, placement.round_id),
    }


def faults_in_reason(reason: str) -> list[Fault]:
    if not reason:
        return [Fault(field="reason", reason="Say why: the student and the host are told.")]
    if len(reason) > LONGEST_REASON:
        return [Fault(field="reason", reason=f"Keep the reason within {LONGEST_REASON:,} characters.")]
    return []
