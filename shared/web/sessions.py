"""Sessions: a signed cookie with a caller, the end of the session and, for a host or student, the link they came by."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from fastapi import Request, Response
from itsdangerous import BadSignature, URLSafeSerializer

from shared.clock import system_time
from shared.web import links
from shared.web.callers import Caller, Link, Role
from shared.web.settings import WebSettings

LASTS: Final = timedelta(hours=12)
"""How long a session lasts, by the system's clock."""


@dataclass(frozen=True, slots=True)
class Session:
    """A caller, and the link by which they came in; staff have none."""

    caller: Caller
    link: Link | None = None


def cookie_name(settings: WebSettings) -> str:
    """The cookie's name. Browsers accept `__Host-…` only over TLS and from this host (RFC 6265bis, 4.1.3.2)."""
    return "__Host-ninthweek" if settings.behind_tls else "ninthweek"


def open_session(answer: Response, session: Session, settings: WebSettings) -> None:
    """Send the cookie with an answer. It is `lax`, not `strict`: people come by links in mails, from another site."""
    ends_at = system_time() + LASTS
    content = {
        "ends_at": int(ends_at.timestamp()),
        "caller": [session.caller.role, session.caller.id, session.caller.name],
        "link": links.sign(session.link, settings) if session.link else None,
    }
    answer.set_cookie(
        cookie_name(settings),
        _signer(settings).dumps(content),
        expires=ends_at,
        secure=settings.behind_tls,
        httponly=True,
        samesite="lax",
    )


def close_session(answer: Response, settings: WebSettings) -> None:
    answer.delete_cookie(cookie_name(settings), secure=settings.behind_tls, httponly=True, samesite="lax")


def session_of(request: Request, settings: WebSettings) -> Session | None:
    """The session of a request, or `None` if its cookie is not ours or the session has ended."""
    try:
        content = _signer(settings).loads(request.cookies.get(cookie_name(settings), ""))
        return _session(content, settings)
    except (BadSignature, links.NotOurs, KeyError, ValueError, TypeError):
        return None


def _session(content: dict[str, Any], settings: WebSettings) -> Session | None:
    if datetime.fromtimestamp(content["ends_at"], UTC) < system_time():
        return None
    if content["link"]:
        link = links.read(content["link"], settings)
        return Session(link.caller, link)
    role, identifier, name = content["caller"]
    return Session(Caller(Role(role), identifier, name))


def _signer(settings: WebSettings) -> URLSafeSerializer:
    return URLSafeSerializer(settings.session_secret.get_secret_value(), salt="ninthweek session")
