"""The front door over HTTP."""

from services.intake import service
from services.intake.routes import applications, documents, projects, rounds

for part in (rounds, projects, applications, documents):
    service.routes.include_router(part.routes)
