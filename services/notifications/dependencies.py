"""The dependencies of the routes of notifications."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from shared.runtime import Work
from shared.web import Pages, work_in

WorkIs = Annotated[Work, Depends(work_in("notifications"), scope="function")]

PAGES: Final = Pages("services.notifications")


def page_routes() -> APIRouter:
    """A router for pages, which are not in the published description of the API."""
    return APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
