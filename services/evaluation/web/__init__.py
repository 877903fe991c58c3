"""Evaluation's pages: surveys for their respondents, and reports for staff."""

from services.evaluation import service
from services.evaluation.web import reports, surveys

for part in (surveys, reports):
    service.routes.include_router(part.routes)
