"""The dependencies of screening's routes: the unit of work, who acts, templates and addresses."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from services.screening.rules.deliberation import Person
from shared.runtime.work import Work
from shared.web import Caller, Pages, work_in

WorkIs = Annotated[Work, Depends(work_in("screening"), scope="function")]

PAGES: Final = Pages("services.screening")
PREFIX: Final = "/staff/screening"


def page_routes() -> APIRouter:
    """Routes that answer with pages; they are not in the published contract of the API."""
    return APIRouter(prefix=PREFIX, include_in_schema=False, default_response_class=HTMLResponse)


def address(project_id: str, revision: int | None = None) -> str:
    """The address of the page of a project, or of one of its revisions."""
    return f"{PREFIX}/projects/{project_id}" + (f"?revision={revision}" if revision else "")


def person(caller: Caller) -> Person:
    """The caller as a member of staff, with the id in place of a missing name."""
    return Person(caller.id, caller.name or caller.id)
