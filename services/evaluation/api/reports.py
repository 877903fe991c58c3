"""Reports on a round's surveys, as JSON."""

from fastapi import APIRouter

from services.evaluation.actions.reports import make_report
from services.evaluation.dependencies import WorkIs
from services.evaluation.rules.report import Report
from shared.contracts.fields import RoundId
from shared.web import ViewerIs

routes = APIRouter()


@routes.get("/reports/{round_id}")
async def read_report(round_id: RoundId, _caller: ViewerIs, work: WorkIs) -> Report:
    """The report on a round's surveys so far."""
    return await make_report(round_id, work)
