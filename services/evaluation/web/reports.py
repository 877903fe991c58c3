"""Reports on a round's surveys: in the common layout, and as a standalone page to keep and print."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from services.evaluation.actions.reports import make_report
from services.evaluation.dependencies import PAGES, WorkIs
from services.evaluation.store import tallies
from services.evaluation.web import report_page
from shared.contracts.fields import RoundId
from shared.web import ViewerIs

routes = APIRouter(default_response_class=HTMLResponse)


@routes.get("/reports/{round_id}.html")
async def read_report_page(round_id: RoundId, _caller: ViewerIs, work: WorkIs) -> HTMLResponse:
    """The report on a round's surveys so far, as a standalone page with charts and tables."""
    html = report_page.render(await make_report(round_id, work))
    return HTMLResponse(html, headers={"Content-Security-Policy": report_page.CONTENT_SECURITY_POLICY})


@routes.get("/staff/reports", include_in_schema=False)
async def show_reports(request: Request, caller: ViewerIs, work: WorkIs) -> HTMLResponse:
    """The rounds that have a report, the latest first."""
    return PAGES.answer(request, caller, "reports.jinja", rounds=await tallies.rounds(work.connection))


@routes.get("/staff/reports/{round_id}", include_in_schema=False)
async def show_report(request: Request, round_id: RoundId, caller: ViewerIs, work: WorkIs) -> HTMLResponse:
    """A round's report in the common layout."""
    report = await make_report(round_id, work)
    body = Markup(report_page.render_body(report))  # noqa: S704 - our own template, which escapes all values
    return PAGES.answer(request, caller, "report.jinja", report=report, body=body)
