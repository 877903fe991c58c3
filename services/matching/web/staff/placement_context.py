"""What all staff pages about a placement or an offer show."""

from typing import Any

from services.matching import store
from services.matching.rules.life import Application
from shared.runtime.work import Work


async def placement_context(placement: Application, work: Work) -> dict[str, Any]:
    """A placement with its student, project, host and round, for a template; those not known here are none."""
    return {
        "placement": placement,
        "student": (await store.people.students(work.connection, [placement.student_id])).get(placement.student_id),
        "project": (await store.projects.in_full(work.connection, [placement.project_id])).get(placement.project_id),
        "host": (await store.people.hosts(work.connection, [placement.host_id])).get(placement.host_id),
        "round": await store.rounds.find(work.connection, placement.round_id),
    }
