"""What a route of notifications is given."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from shared.runtime import Work
from shared.web import Pages, work_in

WorkIs = Annotated[Work, Depends(work_in("notifications"), scope="function")]

PAGES: Final = Pages("services.notifications")


def page_routes() -> APIRouter:
    """The routes of pages: not in the published contract of the API."""
    return APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
