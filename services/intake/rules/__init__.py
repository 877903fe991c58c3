"""What passes the door, and which states follow which: decisions on plain data."""

from services.intake.rules import (
    applications,
    calendars,
    documents,
    malformed,
    milestones,
    overlaps,
    people,
    projects,
    rounds,
    second_rounds,
    submissions,
    terms,
)

__all__ = [
    "applications",
    "calendars",
    "documents",
    "malformed",
    "milestones",
    "overlaps",
    "people",
    "projects",
    "rounds",
    "second_rounds",
    "submissions",
    "terms",
]
