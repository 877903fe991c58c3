"""What passes the door, and which states follow which: decisions on plain data."""

from services.intake.rules import (
    applications,
    careers,
    catalogue,
    documents,
    drafts,
    malformed,
    people,
    projects,
    prospects,
    revisions,
    rounds,
    standing,
    submissions,
    template,
)

__all__ = [
    "applications",
    "careers",
    "catalogue",
    "documents",
    "drafts",
    "malformed",
    "people",
    "projects",
    "prospects",
    "revisions",
    "rounds",
    "standing",
    "submissions",
    "template",
]
