"""Evaluation's API: surveys for staff, and what a round's surveys say."""

from services.evaluation import service
from services.evaluation.api import reports, surveys

for part in (surveys, reports):
    service.routes.include_router(part.routes)
