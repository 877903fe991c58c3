"""A service's pages: its own templates in the common layout, and HTTP answers with them."""

from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from itsdangerous import BadSignature, URLSafeSerializer
from jinja2 import PackageLoader

from shared.web.authentication import authenticator_of, units_of
from shared.web.callers import Caller
from shared.web.layout import environment
from shared.web.links import is_path_of_ours
from shared.web.settings import WebSettings

NOTICE: Final = "ninthweek-notice"
"""The cookie of a notice: a page shows once what was done on the page before."""

NOTICE_SECONDS: Final = 60


class Pages:
    """The templates in `pages/` of a service's package, such as `services.intake`."""

    def __init__(self, package: str) -> None:
        self._environment = environment(PackageLoader(package, "pages"))

    def answer(
        self, request: Request, caller: Caller | None, template: str, *, status: int = 200, **facts: Any
    ) -> HTMLResponse:
        """A page for a caller. Its template gets `facts`, and `caller`, `now`, `path` and `notice`."""
        notice = _notice(request)
        html = self._environment.get_template(template).render(
            caller=caller, now=units_of(request).clock(), path=request.url.path, notice=notice, **facts
        )
        page = HTMLResponse(html, status_code=status)
        if notice:
            page.delete_cookie(NOTICE)
        return page


def redirect(request: Request, path: str, *, notice: str = "") -> RedirectResponse:
    """Redirect to a page after a POST; it shows `notice` once. Raises `ValueError` for a path to another site."""
    if not is_path_of_ours(path):
        raise ValueError("only to a page of this site")
    answer = RedirectResponse(path, status_code=303)
    if notice:
        settings = authenticator_of(request).settings
        answer.set_cookie(
            NOTICE,
            _signer(settings).dumps(notice),
            max_age=NOTICE_SECONDS,
            secure=settings.behind_tls,
            httponly=True,
            samesite="lax",
        )
    return answer


def _notice(request: Request) -> str:
    try:
        notice: str = _signer(authenticator_of(request).settings).loads(request.cookies.get(NOTICE, ""))
    except BadSignature:
        return ""
    return notice


def _signer(settings: WebSettings) -> URLSafeSerializer:
    return URLSafeSerializer(settings.session_secret.get_secret_value(), salt="ninthweek notice")
