"""Every SQL statement of intake."""

from services.intake.store import (
    applications,
    catalogue,
    documents,
    drafts,
    history,
    people,
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
    "projects",
    "rounds",
    "submissions",
]
