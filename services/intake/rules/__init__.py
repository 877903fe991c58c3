"""What passes the door, and which states follow which: decisions on plain data."""

from services.intake.rules import applications, documents, malformed, people, projects, rounds, submissions

__all__ = ["applications", "documents", "malformed", "people", "projects", "rounds", "submissions"]
