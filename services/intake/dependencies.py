"""The dependencies of intake's routes."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from services.intake.actions.closing import form_arriving
from shared.runtime.work import UnitsOfWork, Work
from shared.web import Pages, work_in
from shared.web.authentication import units_of

PAGES: Final = Pages("services.intake")

WorkIs = Annotated[Work, Depends(work_in("intake"), scope="function")]


async def units(request: Request) -> UnitsOfWork:
    return units_of(request)


UnitsAre = Annotated[UnitsOfWork, Depends(units)]
"""For a route that needs several units of work, or waits between them."""


async def began_at(units: UnitsAre) -> AsyncIterator[datetime]:
    """The moment at which the upload of a form began, taken before the form is read. Reading it may take a while."""
    async with form_arriving(units) as moment:
        yield moment


BeganAt = Annotated[datetime, Depends(began_at, scope="function")]
"""Must precede the form among a route's parameters: FastAPI resolves them in their order."""


def page_routes(prefix: str = "") -> APIRouter:
    """Routes that answer with pages."""
    return APIRouter(prefix=prefix, include_in_schema=False, default_response_class=HTMLResponse)
