"""What matching's routes are given: their unit of work, and pages in the look that all have in common."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from shared.runtime.work import Work
from shared.web import Pages, work_in

WorkIs = Annotated[Work, Depends(work_in("matching"), scope="function")]

PAGES: Final = Pages("services.matching")


def page_routes(prefix: str) -> APIRouter:
    """Routes of pages: they answer with HTML, and the API's description leaves them out."""
    return APIRouter(prefix=prefix, include_in_schema=False, default_response_class=HTMLResponse)
