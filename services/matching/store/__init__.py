"""Every SQL statement of matching."""

from services.matching.store import applications, attendance, people, placements, policies, projects, rankings, rounds
from services.matching.store.history import history_of_round

__all__ = [
    "applications",
    "attendance",
    "history_of_round",
    "people",
    "placements",
    "policies",
    "projects",
    "rankings",
    "rounds",
]
