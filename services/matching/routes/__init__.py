"""Rankings, offers and placements over HTTP: an API for staff, who act for hosts and students, and pages for all."""

from services.matching import service
from services.matching.routes import applicants, offers, placements, rankings, staff, students, visits

for part in (rankings, offers, placements, applicants, visits, students, staff):
    service.routes.include_router(part.routes)
