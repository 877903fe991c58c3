"""Staff sign in by OpenID Connect, at whatever provider the university has: found by its discovery URL (Authlib)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.integrations.starlette_client import OAuth, OAuthError
from fastapi import Request, Response
from httpx2 import HTTPError

from shared.refusals import Forbidden, Unauthorized, Unavailable
from shared.web.callers import STAFF_ROLES, Caller, Role
from shared.web.settings import WebSettings
from shared.web.sign_in import SIGN_IN


@dataclass(frozen=True, slots=True)
class OpenIdSignIn:
    """The provider, as one of its clients. What was asked is kept in the browser, signed, for the minutes between."""

    client: Any
    settings: WebSettings

    async def send_there(self, request: Request) -> Response:
        try:
            answer: Response = await self.client.authorize_redirect(request, f"{self.settings.origin}{SIGN_IN}/back")
        except (HTTPError, OAuthError) as error:
            raise Unavailable("The university's sign-in cannot be reached: try again shortly.") from error
        return answer

    async def caller(self, request: Request) -> Caller:
        """Whom the provider has signed in; raises `Unauthorized`, and `Forbidden` for whoever has no role here."""
        try:
            token = await self.client.authorize_access_token(request)
            claims = dict(token.get("userinfo") or {})
            if self.settings.oidc_roles_claim not in claims:
                # Some providers tell more of a person when they are asked again (OpenID Connect Core 1.0, 5.3).
                claims |= await self.client.userinfo(token=token)
        except OAuthError as error:
            raise Unauthorized("The sign-in was not completed: please sign in again.") from error
        except HTTPError as error:
            raise Unavailable("The university's sign-in cannot be reached: try again shortly.") from error
        role = role_in(claims, self.settings.oidc_roles_claim)
        if role is None:
            roles = ", ".join(STAFF_ROLES)
            raise Forbidden(f"Your account has no role in this programme: ask for one of {roles}.")
        return Caller(role, staff_id(claims), name=str(claims.get("name") or "staff"))


def role_in(claims: Mapping[str, Any], claim: str) -> Role | None:
    """The role of staff that a claim names, the one that may do most if it names several; else `None`."""
    named = claims.get(claim, ())
    names = {named} if isinstance(named, str) else {name for name in named if isinstance(name, str)}
    return next((role for role in reversed(STAFF_ROLES) if role in names), None)


def staff_id(claims: Mapping[str, Any]) -> str:
    """Short and lasting: a digest of what the provider calls the person (OpenID Connect Core 1.0, 5.7: iss and sub)."""
    return hashlib.sha256(f"{claims.get('iss')} {claims.get('sub')}".encode()).hexdigest()[:16]


def at_provider(settings: WebSettings, discovery_url: str, secret: str) -> OpenIdSignIn:
    """How staff sign in, at the provider that is set."""
    clients = OAuth()
    clients.register(
        name="staff",
        server_metadata_url=discovery_url,
        client_id=settings.oidc_client_id,
        client_secret=secret,
        client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256", "timeout": 10},
    )
    return OpenIdSignIn(clients.staff, settings)
