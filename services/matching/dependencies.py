"""What matching's routes are given: their unit of work, and pages in the common layout."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from shared.runtime.work import Work
from shared.web import Pages, work_in

WorkIs = Annotated[Work, Depends(work_in("matching"), scope="function")]

PAGES: Final = Pages("services.matching")


def page_routes(prefix: str) -> APIRouter:
    """Routes of pages: they answer with HTML, and are not part of the API's description."""
    return APIRouter(prefix=prefix, include_in_schema=False, default_response_class=HTMLResponse)
