"""A middleware for every route: protection against cross-site request forgery, and security headers."""

from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.refusals import Forbidden
from shared.web.problems import answer
from shared.web.sessions import cookie_name
from shared.web.settings import WebSettings

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not `no-referrer`: browsers would then hide the `Origin` of our own forms, and these would look like forged ones.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
STRICT_TRANSPORT: Final = "max-age=31536000"

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Guard:
    """Refuses requests that another site made a browser send, and adds the headers that a route has not set."""

    def __init__(self, app: ASGIApp, settings: WebSettings) -> None:
        self._app = app
        self._cookie = cookie_name(settings)
        self._headers = HEADERS | ({"Strict-Transport-Security": STRICT_TRANSPORT} if settings.behind_tls else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = self._refusal(Request(scope)) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, guarded)

    def _refusal(self, request: Request) -> Response | None:
        if request.method not in SAFE_METHODS and self._is_forged(request):
            return answer(Forbidden("This form was sent from another site: open the page here and try again."), request)
        return None

    def _is_forged(self, request: Request) -> bool:
        """Whether another site may have made the browser send this request, with the cookie of a session of ours.

        Browsers name the origin of a request in `Sec-Fetch-Site` or at least in `Origin` (OWASP, Cross-Site Request
        Forgery Prevention, "Fetch Metadata"). A request with neither is not from a browser, and is refused only if it
        has the cookie of a session.
        """
        site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
        if site is not None:
            return site not in {"same-origin", "none"}
        if origin is not None:
            return urlsplit(origin).netloc != request.headers.get("host")
        return self._cookie in request.cookies
