"""Rankings, offers and placements as JSON, for staff, who act for hosts and students."""

from services.matching import service
from services.matching.api import offers, placements, rankings

for part in (rankings, offers, placements):
    service.routes.include_router(part.routes)
