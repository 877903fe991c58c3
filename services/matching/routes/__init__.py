"""Rankings, offers and placements over HTTP, for staff who act for hosts and students; and staff's pages."""

from services.matching import service
from services.matching.routes import offers, placements, rankings, staff

for part in (rankings, offers, placements, staff):
    service.routes.include_router(part.routes)
