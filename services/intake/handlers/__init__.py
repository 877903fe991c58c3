"""What intake hears: submissions of outside systems, verdicts of screening, who has which place, and its own timer."""

from services.intake.handlers import applications, people, places, projects, reception, rounds

__all__ = ["applications", "people", "places", "projects", "reception", "rounds"]
