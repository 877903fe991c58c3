"""Intake over HTTP, as JSON."""

from services.intake import service
from services.intake.api import applications, documents, projects, rounds

for part in (rounds, projects, applications, documents):
    service.routes.include_router(part.routes)
