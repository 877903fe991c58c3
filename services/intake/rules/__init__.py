"""What passes the door, and which states follow which: decisions on plain data."""

from services.intake.rules import (
    applications,
    calendars,
    documents,
    drafts,
    malformed,
    milestones,
    overlaps,
    people,
    projects,
    revisions,
    rounds,
    second_rounds,
    standing,
    submissions,
    template,
    terms,
)

__all__ = [
    "applications",
    "calendars",
    "documents",
    "drafts",
    "malformed",
    "milestones",
    "overlaps",
    "people",
    "projects",
    "revisions",
    "rounds",
    "second_rounds",
    "standing",
    "submissions",
    "template",
    "terms",
]
