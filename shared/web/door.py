"""Who may come in. Until people can sign in: whoever holds a token, which says on whose behalf they come."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from shared.web.problems import Forbidden, Unauthorized

STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a token belongs to: staff, or the outside system of that name."""

    name: str

    @property
    def is_staff(self) -> bool:
        return self.name == STAFF


@dataclass(frozen=True, slots=True)
class Door:
    """The tokens that open, by the name of the caller whom each belongs to."""

    tokens: Mapping[str, str]

    def admit(self, token: str) -> Caller | None:
        matches = [name for name, secret in self.tokens.items() if hmac.compare_digest(secret.encode(), token.encode())]
        return Caller(matches[0]) if matches else None


_bearer = HTTPBearer(auto_error=False, description="A token that `ninthweek up` prints.")


def caller(request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> Caller:
    """The caller; raises `Unauthorized` for whoever has no token, or not a known one."""
    door: Door = request.app.state.door
    admitted = door.admit(credentials.credentials) if credentials else None
    if admitted is None:
        raise Unauthorized("Send the token that `ninthweek up` printed as `Authorization: Bearer …`.")
    return admitted


CallerIs = Annotated[Caller, Depends(caller)]


def staff(caller: CallerIs) -> Caller:
    """The caller, who is staff; raises `Forbidden` for an outside system."""
    if not caller.is_staff:
        raise Forbidden(f"This is for staff; the token is that of {caller.name}.")
    return caller


StaffOnly = Depends(staff)
