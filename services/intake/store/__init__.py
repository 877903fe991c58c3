"""Every SQL statement of intake."""

from services.intake.store import applications, documents, history, people, places, projects, rounds, submissions

__all__ = ["applications", "documents", "history", "people", "places", "projects", "rounds", "submissions"]
