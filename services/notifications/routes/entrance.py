"""A new link for a host or student who has lost theirs.

What a visitor sees, and how long it takes, is the same whether or not an address is one of ours: it is only noted here,
and looked up once the answer is sent.
"""

from typing import Final

from fastapi import Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from services.notifications import service
from services.notifications.messages import LinkRequested
from services.notifications.routes.looks import InNotifications, pages
from shared.contracts.faults import Fault
from shared.contracts.fields import EmailAddress
from shared.identifiers import new_id
from shared.web import FormIs, VisitorIs, knock, limited, model_of
from shared.web.limits import AN_ADDRESS
from shared.web.links import ENTRANCE

NO_ADDRESS: Final = Fault(field="email", reason="Enter your whole address, such as name@university.example.")


class _Asked(BaseModel):
    email: EmailAddress


@service.open_routes.get(ENTRANCE, include_in_schema=False, response_class=HTMLResponse)
async def show_entrance(request: Request, visitor: VisitorIs) -> HTMLResponse:
    """Where a new link can be asked for."""
    return pages.answer(request, visitor, "entrance.jinja", email="", faults=[])


@service.open_routes.post(
    ENTRANCE, include_in_schema=False, response_class=HTMLResponse, dependencies=[limited("a new link")]
)
async def ask_for_link(request: Request, visitor: VisitorIs, form: FormIs, work: InNotifications) -> HTMLResponse:
    """Have a new link sent to an address, if it is one of ours; the answer is the same if it is not."""
    asked, faults = model_of(_Asked, {"email": form.line("email")})
    if asked is None or faults:
        return pages.answer(
            request, visitor, "entrance.jinja", status=422, email=form.line("email"), faults=[NO_ADDRESS]
        )
    knock(request, "a new link to an address", asked.email.lower(), AN_ADDRESS)
    work.publish(LinkRequested(request_id=new_id(), email=asked.email))
    return pages.answer(request, visitor, "link_sent.jinja")
