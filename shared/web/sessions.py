"""Sessions: a signed cookie that says who somebody is, until when, and for a host or student by which link."""

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
"""By the system's clock."""


@dataclass(frozen=True, slots=True)
class Session:
    """Who somebody is, and the link that they came by; staff come by none."""

    caller: Caller
    link: Link | None = None


def cookie_name(settings: WebSettings) -> str:
    """Behind TLS the name itself has browsers take it only from this host, over TLS (RFC 6265bis, 4.1.3.2)."""
    return "__Host-ninthweek" if settings.behind_tls else "ninthweek"


def open_session(answer: Response, session: Session, settings: WebSettings) -> None:
    """Send the cookie along with an answer. `lax`: a link in a mail comes from another site."""
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
    """The session of a request, if its cookie is ours and its time is not over."""
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
