"""Every SQL statement of intake."""

from services.intake.store import (
    applications,
    catalogue,
    documents,
    drafts,
    history,
    people,
    places,
    projects,
    rounds,
    submissions,
)

__all__ = [
    "applications",
    "catalogue",
    "documents",
    "drafts",
    "history",
    "people",
    "places",
    "projects",
    "rounds",
    "submissions",
]
