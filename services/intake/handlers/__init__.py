"""What intake hears: submissions of outside systems, verdicts of screening, who has which place, and its own timer."""

from services.intake import service
from services.intake.handlers import applications, people, places, projects, reception, rounds
from shared.web.revocations import heed_revocations

__all__ = ["applications", "people", "places", "projects", "reception", "rounds"]

heed_revocations(service)
