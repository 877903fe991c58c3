"""What passes the door, and which states follow which: decisions on plain data."""

from services.intake.rules import (
    applications,
    documents,
    drafts,
    malformed,
    people,
    projects,
    revisions,
    rounds,
    standing,
    submissions,
    template,
)

__all__ = [
    "applications",
    "documents",
    "drafts",
    "malformed",
    "people",
    "projects",
    "revisions",
    "rounds",
    "standing",
    "submissions",
    "template",
]
