"""Evaluation's API: surveys, for staff, and reports on a round's surveys."""

from services.evaluation import service
from services.evaluation.api import reports, surveys

for part in (surveys, reports):
    service.routes.include_router(part.routes)
