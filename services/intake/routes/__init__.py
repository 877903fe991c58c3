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
    round_pages,
    rounds,
    student_applications,
)

for part in (
    *(rounds, projects, applications, documents, round_pages),
    *(host_projects, drafts, host_applications),
    *(catalogue, student_applications),
):
    service.routes.include_router(part.routes)
