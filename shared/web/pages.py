"""A service's pages: its own templates in the common look, and the answers that carry them."""

from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from itsdangerous import BadSignature, URLSafeSerializer
from jinja2 import PackageLoader

from shared.web.callers import Caller
from shared.web.door import door_of, units_of
from shared.web.layout import environment
from shared.web.links import is_path_of_ours
from shared.web.settings import WebSettings

SAID: Final = "ninthweek-said"
"""The cookie by which a page tells what was done on the page before; shown once."""

SECONDS_TO_SAY: Final = 60


class Pages:
    """The templates in `pages/` of a service's package, such as `services.intake`."""

    def __init__(self, package: str) -> None:
        self._environment = environment(PackageLoader(package, "pages"))

    def answer(
        self, request: Request, caller: Caller | None, template: str, *, status: int = 200, **facts: Any
    ) -> HTMLResponse:
        """A page for a caller. Beside `facts` a template knows `caller`, `now`, `path` and `said`."""
        said = _said(request)
        html = self._environment.get_template(template).render(
            caller=caller, now=units_of(request).clock(), path=request.url.path, said=said, **facts
        )
        page = HTMLResponse(html, status_code=status)
        if said:
            page.delete_cookie(SAID)
        return page


def redirect(request: Request, path: str, *, said: str = "") -> RedirectResponse:
    """After a POST, to the page to go on with, which tells once what was done. Raises `ValueError` for another site."""
    if not is_path_of_ours(path):
        raise ValueError("only to a page of this site")
    answer = RedirectResponse(path, status_code=303)
    if said:
        settings = door_of(request).settings
        answer.set_cookie(
            SAID,
            _signer(settings).dumps(said),
            max_age=SECONDS_TO_SAY,
            secure=settings.behind_tls,
            httponly=True,
            samesite="lax",
        )
    return answer


def _said(request: Request) -> str:
    try:
        said: str = _signer(door_of(request).settings).loads(request.cookies.get(SAID, ""))
    except BadSignature:
        return ""
    return said


def _signer(settings: WebSettings) -> URLSafeSerializer:
    return URLSafeSerializer(settings.session_secret.get_secret_value(), salt="ninthweek said")
