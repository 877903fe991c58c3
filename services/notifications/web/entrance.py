"""The page on which a host or student asks for a new link.

A visitor cannot find out whether an address is known: answer and delay are the same, since the address is only noted
here and looked up after the answer was sent.
"""

from typing import Final

from fastapi import Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from services.notifications.actions import links
from services.notifications.dependencies import PAGES, WorkIs, page_routes
from shared.contracts.faults import Fault
from shared.contracts.fields import EmailAddress
from shared.web import FormIs, VisitorIs, count_request, model_of, rate_limited
from shared.web.limits import PER_MAILBOX
from shared.web.links import ENTRANCE

NO_ADDRESS: Final = Fault(field="email", reason="Enter your whole address, such as name@university.example.")

routes = page_routes()


class _Asked(BaseModel):
    email: EmailAddress


@routes.get(ENTRANCE)
async def show_entrance(request: Request, visitor: VisitorIs) -> HTMLResponse:
    """Show the form for a new link."""
    return PAGES.answer(request, visitor, "entrance.jinja", email="", faults=[])


@routes.post(ENTRANCE, dependencies=[rate_limited("a new link")])
async def ask_for_link(request: Request, visitor: VisitorIs, form: FormIs, work: WorkIs) -> HTMLResponse:
    """Have a new link sent to an address, if it is known; the answer is the same if it is not."""
    asked, faults = model_of(_Asked, {"email": form.line("email")})
    if asked is None or faults:
        return PAGES.answer(
            request, visitor, "entrance.jinja", status=422, email=form.line("email"), faults=[NO_ADDRESS]
        )
    count_request(request, "a new link to an address", asked.email.lower(), PER_MAILBOX)
    links.request_link(asked.email, work)
    return PAGES.answer(request, visitor, "link_sent.jinja")
