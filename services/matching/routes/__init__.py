"""Rankings, offers and placements over HTTP: an API for staff, who act for hosts and students; and everybody's pages."""

from services.matching import service
from services.matching.routes import applicants, offers, placements, rankings, staff, students, visits

for part in (rankings, offers, placements, applicants, visits, students, staff):
    service.routes.include_router(part.routes)
