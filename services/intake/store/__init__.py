"""Every SQL statement of intake."""

from services.intake.store import (
    applications,
    arriving,
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
    "arriving",
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
