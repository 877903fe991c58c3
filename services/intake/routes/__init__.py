"""The front door over HTTP."""

from services.intake import service
from services.intake.routes import (
    applications,
    catalogue,
    documents,
    host_applications,
    projects,
    rounds,
    student_applications,
)

for part in (rounds, projects, applications, documents, catalogue, student_applications, host_applications):
    service.routes.include_router(part.routes)
