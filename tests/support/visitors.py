"""Sessions of every kind, as a browser holds them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
from fastapi import Response
from pydantic import AnyHttpUrl, SecretStr

from shared.runtime.replica import Replica
from shared.web.application import application
from shared.web.authentication import Authenticator
from shared.web.callers import Caller, Link, PersonKind, Purpose, Role
from shared.web.links import sign
from shared.web.sessions import Session, cookie_name, open_session
from shared.web.settings import WebSettings

SITE = "http://ninthweek.test"
SETTINGS = WebSettings(public_url=AnyHttpUrl(SITE), session_secret=SecretStr("the secret of these tests"))
LONG_AGO = datetime(2027, 1, 1, tzinfo=UTC)
"""Of the programme's time: before the bundled term begins."""
FAR_AHEAD = datetime(2040, 1, 1, tzinfo=UTC)
"""After every term that tests play."""


def link(
    kind: PersonKind,
    person_id: str,
    *,
    purpose: Purpose = Purpose.ALL_PAGES,
    issued_at: datetime = LONG_AGO,
    ends_at: datetime = FAR_AHEAD,
    path: str = "/",
) -> Link:
    return Link(kind, person_id, purpose, issued_at, ends_at, path)


def enter_path(link: Link) -> str:
    """Where a link in a mail leads, on this site."""
    return f"/enter/{sign(link, SETTINGS)}"


def session_cookie(session: Session) -> str:
    """The value of a session's cookie."""
    answer = Response()
    open_session(answer, session, SETTINGS)
    return answer.headers["set-cookie"].partition("=")[2].partition(";")[0]


def host(host_id: str, purpose: Purpose = Purpose.ALL_PAGES) -> Session:
    came_by = link("host", host_id, purpose=purpose)
    return Session(came_by.caller, came_by)


def student(student_id: str, purpose: Purpose = Purpose.ALL_PAGES) -> Session:
    came_by = link("student", student_id, purpose=purpose)
    return Session(came_by.caller, came_by)


def staff(role: Role = Role.STAFF, who: str = "somebody") -> Session:
    return Session(Caller(role, who, name=who))


@asynccontextmanager
async def browser(replicas: Sequence[Replica], session: Session | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """A client that sends these services what a browser would send, with a session or without."""
    app = application(replicas, Authenticator({}, SETTINGS))
    cookies = {cookie_name(SETTINGS): session_cookie(session)} if session else {}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False),
        base_url=SITE,
        cookies=cookies,
        headers={"Accept": "text/html", "Origin": SITE},
    ) as client:
        yield client
