"""Rankings, offers and placements over HTTP: an API for staff, who act for hosts and students, and their own pages."""

from services.matching import service
from services.matching.routes import applicants, offers, placements, rankings, students, visits

for part in (rankings, offers, placements, applicants, visits, students):
    service.routes.include_router(part.routes)
