"""The pages of intake."""

from services.intake import service
from services.intake.web import catalogue, drafts, host_applications, host_projects, rounds, student_applications

for part in (rounds, host_projects, drafts, host_applications, catalogue, student_applications):
    service.routes.include_router(part.routes)
