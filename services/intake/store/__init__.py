"""Every SQL statement of intake."""

from services.intake.store import applications, catalogue, documents, history, people, projects, rounds, submissions

__all__ = ["applications", "catalogue", "documents", "history", "people", "projects", "rounds", "submissions"]
