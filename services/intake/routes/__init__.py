"""The front door over HTTP."""

from services.intake import service
from services.intake.routes import applications, documents, drafts, host_projects, projects, rounds

for part in (rounds, projects, applications, documents, host_projects, drafts):
    service.routes.include_router(part.routes)
