"""An application for a host's project, as the host reads it."""

from typing import Final

from fastapi import Request
from fastapi.responses import Response

from services.intake import rules, store
from services.intake.dependencies import PAGES, WorkIs, page_routes
from services.intake.rules.prospects import Access
from shared.contracts.fields import ApplicationId
from shared.refusals import NotFound
from shared.web import HostIs

routes = page_routes()

_NOT_OPEN: Final = {
    Access.NOT_YET: "Applications can be read once they have closed.",
    Access.OVER: "This application can no longer be read: it was taken back, or its round is over.",
}


@routes.get("/host/applications/{application_id}")
async def show_application(request: Request, application_id: ApplicationId, host: HostIs, work: WorkIs) -> Response:
    """Statement, CV and studies, between the close of applications and the round's end."""
    reading = await store.applications.for_host(work.connection, application_id, host.id)
    if reading is None:
        raise NotFound("No application of this id was made for one of your projects.")
    access = rules.prospects.access_of_host(reading, work.now)
    if access is not Access.OPEN:
        raise NotFound(_NOT_OPEN[access])
    return PAGES.answer(
        request, host, "host_application.jinja", reading=reading, ends_at=rules.rounds.ends_at(reading.round_)
    )
