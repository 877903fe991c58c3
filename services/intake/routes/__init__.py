"""The front door over HTTP."""

from services.intake import service
from services.intake.routes import (
    applications,
    catalogue,
    documents,
    drafts,
    host_applications,
    host_projects,
    projects,
    rounds,
    student_applications,
)

for part in (
    *(rounds, projects, applications, documents),
    *(host_projects, drafts, host_applications),
    *(catalogue, student_applications),
):
    service.routes.include_router(part.routes)
