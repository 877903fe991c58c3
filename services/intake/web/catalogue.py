"""The catalogue of projects that students can apply for, and the careers that sectors lead to."""

from typing import Annotated

from fastapi import Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from services.intake import rules, store
from services.intake.actions.applying import NOT_LISTED, view_project
from services.intake.dependencies import PAGES, WorkIs, page_routes
from services.intake.rules.catalogue import FILTERS, ORDERS, Listing, Search, Season
from services.intake.rules.projects import ProjectState
from services.intake.rules.prospects import Prospects
from services.intake.rules.rounds import Round
from shared.contracts.fields import ProjectId
from shared.obligations import host_obligations
from shared.refusals import Forbidden, NotFound
from shared.runtime.work import Work
from shared.web import Caller, CallerIs, Purpose, Role

routes = page_routes("/catalogue")

NEAR = 3
"""How many similar projects a project's page shows."""

OF_SECTOR = 6
"""How many projects a sector's page shows."""


def reader(caller: CallerIs) -> Caller:
    """The caller: a student, or a member of staff who looks at what students see."""
    if not (caller.may_act_as(Role.STUDENT) or caller.may_act_as(Role.VIEWER)):
        raise Forbidden("The catalogue is for students.")
    if caller.purpose is not Purpose.ALL_PAGES:
        raise Forbidden("The link that you came by opens your survey only: ask for a new link to see this page.")
    return caller


ReaderIs = Annotated[Caller, Depends(reader)]


@routes.get("")
async def show_catalogue(
    request: Request, reader: ReaderIs, work: WorkIs, search: Annotated[Search, Query()]
) -> Response:
    season = await _season(work)
    found = await store.catalogue.find(work.connection, search, season, _student(reader))
    page = PAGES.answer(
        request, reader, "catalogue.jinja", season=season, search=search, found=found, filters=FILTERS, orders=ORDERS
    )
    # HTMX searches as somebody types: it shows this address then, which has no empty fields.
    page.headers["HX-Push-Url"] = search.address()
    return page


@routes.get("/sectors")
async def show_sectors(request: Request, reader: ReaderIs, work: WorkIs) -> Response:
    season = await _season(work)
    counts = await store.catalogue.sectors(work.connection, season)
    return PAGES.answer(request, reader, "sectors.jinja", season=season, sectors=rules.careers.sectors(counts))


@routes.get("/sectors/{slug}")
async def show_sector(request: Request, slug: str, reader: ReaderIs, work: WorkIs) -> Response:
    season = await _season(work)
    counts = await store.catalogue.sectors(work.connection, season)
    sector = next((each for each in rules.careers.sectors(counts) if each.slug == slug), None)
    if sector is None:
        raise NotFound("No sector of this name is known: choose one of the list of sectors.")
    search = Search(sector=[sector.name])
    found = await store.catalogue.find(work.connection, search, season, _student(reader), most=OF_SECTOR)
    return PAGES.answer(request, reader, "sector.jinja", season=season, sector=sector, search=search, found=found)


@routes.get("/{project_id}")
async def show_project(request: Request, project_id: ProjectId, reader: ReaderIs, work: WorkIs) -> Response:
    if reader.role is not Role.STUDENT:
        return await _project_page(request, reader, await _listed(project_id, work), work)
    view = await view_project(project_id, reader.id, work, at=work.now)
    return await _project_page(request, reader, view.project, work, round_=view.round_, prospects=view.prospects)


async def _project_page(
    request: Request,
    reader: Caller,
    project: Listing,
    work: Work,
    *,
    round_: Round | None = None,
    prospects: Prospects | None = None,
) -> HTMLResponse:
    """The page of a project; a student also sees their own prospects."""
    near = await store.catalogue.near(
        work.connection, project.project_id, await _season(work), _student(reader), most=NEAR
    )
    return PAGES.answer(
        request,
        reader,
        "catalogue_project.jinja",
        project=project,
        near=near,
        promised=host_obligations(project.template.mode),
        round=round_,
        prospects=prospects,
    )


async def _listed(project_id: str, work: Work) -> Listing:
    project = await store.catalogue.listing(work.connection, project_id)
    if project is None or project.state is not ProjectState.APPROVED:
        raise NotFound(NOT_LISTED)
    return project


async def _season(work: Work) -> Season:
    return rules.catalogue.season(await store.rounds.every(work.connection), work.now)


def _student(reader: Caller) -> str | None:
    return reader.id if reader.role is Role.STUDENT else None
