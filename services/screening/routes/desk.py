"""What all pages of screening have in common: their templates, the unit of work, and who is at the desk."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from services.screening import store
from services.screening.rules.desk import Entry, Person
from services.screening.rules.reviews import what_happened
from shared.contracts.message import subject
from shared.refusals import NotAllowed, NotFound
from shared.runtime.work import Work
from shared.web import Caller, Pages, Role, work_in

InScreening = Annotated[Work, Depends(work_in("screening"), scope="function")]

PAGES: Final = Pages("services.screening")
DESK: Final = "/staff/screening"


def page_routes() -> APIRouter:
    """The routes of pages: not in the published contract of the API."""
    return APIRouter(prefix=DESK, include_in_schema=False, default_response_class=HTMLResponse)


def address(project_id: str, revision: int | None = None) -> str:
    """The page of a project, or of one of its revisions."""
    return f"{DESK}/projects/{project_id}" + (f"?revision={revision}" if revision else "")


def person(caller: Caller) -> Person:
    """A member of staff; one without a name goes by the id."""
    return Person(caller.id, caller.name or caller.id)


async def meet(caller: Caller, work: Work) -> Person:
    """Remember who is at the desk: only whoever has been here can be given a project to review."""
    here = person(caller)
    await store.desk.meet(work.connection, here, may_review=caller.may_act_as(Role.REVIEWER))
    return here


async def entry_to_change(project_id: str, revision: int, work: Work) -> Entry:
    """A review that waits for its verdict, locked; raises `NotFound`, or `NotAllowed` where it waits no longer."""
    await work.lock(subject("project", project_id))
    entry = await store.queue.entry(work.connection, project_id, revision)
    if entry is None:
        raise NotFound(f"Revision {revision} of {project_id} was not submitted for review.")
    if not entry.is_open:
        raise NotAllowed(what_happened(entry.review))
    return entry
