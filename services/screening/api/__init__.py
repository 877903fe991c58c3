"""Screening's API."""

from services.screening import service
from services.screening.api import reviews

service.routes.include_router(reviews.routes)
