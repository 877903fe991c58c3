"""The pages of hosts, students and staff."""

from services.matching import service
from services.matching.web import applicants, staff, students, visits

for part in (applicants, visits, students, staff):
    service.routes.include_router(part.routes)
