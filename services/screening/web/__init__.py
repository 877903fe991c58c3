"""Screening's pages, for staff."""

from services.screening import service
from services.screening.web import approval_rules, queue, release, review, review_forms

for part in (queue, release, approval_rules, review, review_forms):
    service.routes.include_router(part.routes)
