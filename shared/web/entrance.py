"""Routes that belong to no service: sign-in and sign-out, the first page, and the assets."""

from pathlib import PurePosixPath
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse

from shared.clock import system_time
from shared.refusals import NotFound, Unauthorized
from shared.web import links, store
from shared.web.authentication import VisitorIs, authenticator_of, is_open, units_of
from shared.web.layout import ASSETS, layout, navigation_of
from shared.web.limits import rate_limited
from shared.web.links import ENTRANCE, STAFF_ENTRANCE, NotOurs, is_path_of_ours
from shared.web.sessions import Session, close_session, open_session
from shared.web.sign_in import SIGN_IN, sign_in_of

KEEP_FOR_GOOD: Final = "public, max-age=31536000, immutable"
"""An asset's address changes with its content."""

NO_LINK_OF_OURS: Final = "This link is not whole: open it from the mail again, or ask for a new one."
LINK_OVER: Final = "This link opens nothing any more: ask for a new one."

routes = APIRouter(include_in_schema=False)


@routes.get("/", response_class=HTMLResponse)
async def show_first_page(visitor: VisitorIs) -> Response:
    """Redirect a caller to their first page; show a stranger how to sign in."""
    navigation = navigation_of(visitor)
    if navigation:
        first_path, _ = navigation[0]
        return RedirectResponse(first_path, status_code=303)
    html = layout().get_template("welcome.jinja").render(caller=None, path="/", notice="", sign_in=SIGN_IN)
    return HTMLResponse(html)


@routes.get(f"{ENTRANCE}/{{token}}", dependencies=[rate_limited("enter")])
async def enter(token: str, request: Request) -> Response:
    """Open a session by a link in a mail, and redirect to its page. The link may be used again until its end."""
    try:
        link = links.read(token, authenticator_of(request).settings)
    except NotOurs:
        raise Unauthorized(NO_LINK_OF_OURS) from None
    if not await is_open(link, request):
        raise Unauthorized(LINK_OVER)
    answer = RedirectResponse(link.path if is_path_of_ours(link.path) else "/", status_code=303)
    open_session(answer, Session(link.caller, link), authenticator_of(request).settings)
    return answer


@routes.get(f"{STAFF_ENTRANCE}/{{token}}", dependencies=[rate_limited("enter")])
async def enter_as_staff(token: str, request: Request) -> Response:
    """Open a session by a link of `ninthweek sign-in`, which can be used once."""
    try:
        link_id, caller = links.read_staff_link(token, authenticator_of(request).settings)
    except NotOurs:
        raise Unauthorized("This link is not whole, or too old: make a new one with `ninthweek sign-in`.") from None
    async with units_of(request).open() as work:
        if not await store.use_link(work.connection, link_id, system_time()):
            raise Unauthorized("This link was used before: make a new one with `ninthweek sign-in`.")
    answer = RedirectResponse("/", status_code=303)
    open_session(answer, Session(caller), authenticator_of(request).settings)
    return answer


@routes.get(SIGN_IN, response_class=HTMLResponse, dependencies=[rate_limited("sign-in")])
async def sign_in(request: Request) -> Response:
    """Redirect staff to the university's OpenID provider. Without one, show how else they can sign in."""
    provider = sign_in_of(request)
    if provider is None:
        html = layout().get_template("no_provider.jinja").render(caller=None, path=SIGN_IN, notice="")
        return HTMLResponse(html)
    return await provider.send_there(request)


@routes.get(f"{SIGN_IN}/back", dependencies=[rate_limited("sign-in")])
async def come_back(request: Request) -> Response:
    """Open a session for somebody whom the provider has signed in, with the role that it names."""
    provider = sign_in_of(request)
    if provider is None:
        raise NotFound("No OpenID provider is set.")
    caller = await provider.caller(request)
    answer = RedirectResponse("/", status_code=303)
    open_session(answer, Session(caller), authenticator_of(request).settings)
    return answer


@routes.post("/sign-out")
async def sign_out(request: Request) -> Response:
    answer = RedirectResponse("/", status_code=303)
    close_session(answer, authenticator_of(request).settings)
    return answer


@routes.get("/assets/{name}")
async def show_asset(name: str) -> Response:
    file = ASSETS / PurePosixPath(name).name
    if not file.is_file():
        raise NotFound("There is no such asset.")
    return FileResponse(file, headers={"Cache-Control": KEEP_FOR_GOOD})
