"""What intake hears: submissions of outside systems, verdicts of screening, and its own timer."""

from services.intake.handlers import applications, people, projects, reception, rounds

__all__ = ["applications", "people", "projects", "reception", "rounds"]
