"""Screening over HTTP: the API, and the pages of staff."""

from services.screening import service
from services.screening.routes import acts, api, approval_rules, queue, release, review

for part in (api, queue, release, approval_rules, review, acts):
    service.routes.include_router(part.routes)
