"""Evaluation's pages: surveys as their respondents answer them, and reports."""

from services.evaluation import service
from services.evaluation.web import reports, surveys

for part in (surveys, reports):
    service.routes.include_router(part.routes)
