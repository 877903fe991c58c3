"""What passes the door, and which states follow which: decisions on plain data."""

from services.intake.rules import (
    applications,
    careers,
    catalogue,
    documents,
    malformed,
    people,
    projects,
    prospects,
    rounds,
    submissions,
)

__all__ = [
    "applications",
    "careers",
    "catalogue",
    "documents",
    "malformed",
    "people",
    "projects",
    "prospects",
    "rounds",
    "submissions",
]
