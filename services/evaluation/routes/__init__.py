"""Evaluation over HTTP: surveys as their respondents answer them and as staff read them, and reports."""

from services.evaluation import service
from services.evaluation.routes import api, reports, surveys

for part in (api, surveys, reports):
    service.routes.include_router(part.routes)
