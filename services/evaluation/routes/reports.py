"""What a round's surveys say: as a page among all pages, as one page to keep and to print, and as JSON."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from services.evaluation import reports
from services.evaluation.routes.looks import InEvaluation, pages
from services.evaluation.rules.report import Report, report
from services.evaluation.store import tallies
from shared.contracts.fields import RoundId
from shared.refusals import NotFound
from shared.runtime.work import Work
from shared.web import ViewerIs

routes = APIRouter()


@routes.get("/reports/{round_id}.html", response_class=HTMLResponse)
async def read_report_page(round_id: RoundId, _caller: ViewerIs, work: InEvaluation) -> HTMLResponse:
    """What a round's surveys say so far, as one page with charts and tables."""
    html = reports.render(await _report(work, round_id))
    return HTMLResponse(html, headers={"Content-Security-Policy": reports.CONTENT_SECURITY_POLICY})


@routes.get("/reports/{round_id}")
async def read_report(round_id: RoundId, _caller: ViewerIs, work: InEvaluation) -> Report:
    """What a round's surveys say so far."""
    return await _report(work, round_id)


@routes.get("/staff/reports", include_in_schema=False, response_class=HTMLResponse)
async def show_reports(request: Request, caller: ViewerIs, work: InEvaluation) -> HTMLResponse:
    """The rounds that there are reports of, the latest first."""
    return pages.answer(request, caller, "reports.jinja", rounds=await tallies.rounds(work.connection))


@routes.get("/staff/reports/{round_id}", include_in_schema=False, response_class=HTMLResponse)
async def show_report(request: Request, round_id: RoundId, caller: ViewerIs, work: InEvaluation) -> HTMLResponse:
    """A round's report in the common look."""
    told = await _report(work, round_id)
    body = Markup(reports.render_body(told))  # noqa: S704 - our own template, which escapes what others wrote
    return pages.answer(request, caller, "report.jinja", report=told, body=body)


async def _report(work: Work, round_id: str) -> Report:
    evaluated = await tallies.evaluated_round(work.connection, round_id)
    if evaluated is None:
        raise NotFound(f"Nothing is known of a round {round_id}.")
    return report(evaluated, await tallies.tallies(work.connection, round_id), now=work.now)
