"""Authentication and authorisation: callers have a token of the HTTP API or a session of the pages.

The dependencies here are coroutines although most of them await nothing: FastAPI calls a plain function in a thread,
which costs more than the function itself.
"""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from shared.refusals import Forbidden, Unauthorized
from shared.runtime.work import UnitsOfWork
from shared.web import store
from shared.web.callers import Caller, Link, Purpose, Role
from shared.web.sessions import Session, session_of
from shared.web.settings import WebSettings

STAFF: Final = "staff"
"""The caller whose token may be used for everything."""


@dataclass(frozen=True, slots=True)
class Authenticator:
    """Authenticates callers of the HTTP API: the tokens by the name of their caller, and the web settings."""

    tokens: Mapping[str, str]
    settings: WebSettings = field(default_factory=WebSettings)

    def authenticate(self, token: str) -> Caller | None:
        """The caller whose token this is, or `None`."""
        for name, secret in self.tokens.items():
            if hmac.compare_digest(secret.encode(), token.encode()):
                return Caller(Role.STAFF if name == STAFF else Role.SYSTEM, name, name)
        return None


_bearer = HTTPBearer(auto_error=False, description="A token that `ninthweek up` prints.")


def authenticator_of(request: Request) -> Authenticator:
    authenticator: Authenticator = request.state.authenticator
    return authenticator


def units_of(request: Request) -> UnitsOfWork:
    """The units of work of the service that the route belongs to, or of any service if it belongs to none."""
    units: dict[str, UnitsOfWork] = request.state.units_of_work
    name = getattr(request.state, "service", None)
    return units[name] if name else next(iter(units.values()))


def at_service(name: str) -> Callable[[Request], Awaitable[None]]:
    """A dependency that notes which service a route belongs to. It must come before all others."""

    async def at(request: Request) -> None:
        request.state.service = name

    return at


async def visitor(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Caller | None:
    """The caller, or `None` for a stranger; raises `Unauthorized` for an unknown token."""
    if credentials:
        admitted = authenticator_of(request).authenticate(credentials.credentials)
        if admitted is None:
            raise Unauthorized("Send the token that `ninthweek up` printed as `Authorization: Bearer …`.")
        return admitted
    session = session_of(request, authenticator_of(request).settings)
    return session.caller if session and await _still_open(session, request) else None


VisitorIs = Annotated[Caller | None, Depends(visitor)]


async def caller(visitor: VisitorIs) -> Caller:
    """The caller; raises `Unauthorized` for a stranger, who has neither a token nor a session."""
    if visitor is None:
        raise Unauthorized("Sign in, or send the token that `ninthweek up` printed as `Authorization: Bearer …`.")
    return visitor


CallerIs = Annotated[Caller, Depends(caller)]


def _only(role: Role, *purposes: Purpose) -> Callable[[CallerIs], Awaitable[Caller]]:
    async def only(caller: CallerIs) -> Caller:
        if not caller.may_act_as(role):
            raise Forbidden(f"This is for {_IN_WORDS[role]}.")
        if caller.purpose not in purposes:
            raise Forbidden("The link that you came by opens your survey only: ask for a new link to see this page.")
        return caller

    return only


_IN_WORDS: Final = {
    Role.STUDENT: "students",
    Role.HOST: "hosts",
    Role.VIEWER: "members of staff",
    Role.REVIEWER: "members of staff who review projects",
    Role.STAFF: "members of staff who run the programme",
}

HostIs = Annotated[Caller, Depends(_only(Role.HOST, Purpose.ALL_PAGES))]
StudentIs = Annotated[Caller, Depends(_only(Role.STUDENT, Purpose.ALL_PAGES))]
HostWithSurveyIs = Annotated[Caller, Depends(_only(Role.HOST, *Purpose))]
"""A host, also one with a link that opens only surveys."""
StudentWithSurveyIs = Annotated[Caller, Depends(_only(Role.STUDENT, *Purpose))]
ViewerIs = Annotated[Caller, Depends(_only(Role.VIEWER, Purpose.ALL_PAGES))]
"""A member of staff in any role."""
ReviewerIs = Annotated[Caller, Depends(_only(Role.REVIEWER, Purpose.ALL_PAGES))]
StaffIs = Annotated[Caller, Depends(_only(Role.STAFF, Purpose.ALL_PAGES))]

StaffOnly = Depends(_only(Role.STAFF, Purpose.ALL_PAGES))


async def is_open(link: Link, request: Request) -> bool:
    """Whether a link has neither ended, by the programme's clock, nor been revoked."""
    units = units_of(request)
    if units.clock() >= link.ends_at:
        return False
    async with units.read() as connection:
        return not await store.is_revoked(connection, link.kind, link.person_id, link.issued_at)


async def _still_open(session: Session, request: Request) -> bool:
    return session.link is None or await is_open(session.link, request)
