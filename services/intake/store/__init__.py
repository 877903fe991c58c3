"""Every SQL statement of intake."""

from services.intake.store import applications, documents, drafts, history, people, projects, rounds, submissions

__all__ = ["applications", "documents", "drafts", "history", "people", "projects", "rounds", "submissions"]
