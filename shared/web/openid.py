"""Staff sign in by OpenID Connect, at the university's own provider, which is set by its discovery URL (Authlib)."""

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
    """A client of the provider. The state of a sign-in is kept in a signed cookie of the browser while it lasts."""

    client: Any
    settings: WebSettings

    async def send_there(self, request: Request) -> Response:
        try:
            answer: Response = await self.client.authorize_redirect(request, f"{self.settings.origin}{SIGN_IN}/back")
        except (HTTPError, OAuthError) as error:
            raise Unavailable("The university's sign-in cannot be reached: try again shortly.") from error
        return answer

    async def caller(self, request: Request) -> Caller:
        """The caller whom the provider has signed in.

        Raises `Unauthorized` if the sign-in was not completed, and `Forbidden` for somebody without a role here.
        """
        try:
            token = await self.client.authorize_access_token(request)
            claims = dict(token.get("userinfo") or {})
            if self.settings.oidc_roles_claim not in claims:
                # Some providers have further claims at their userinfo endpoint (OpenID Connect Core 1.0, 5.3).
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
    """The role of staff that a claim names, or `None`; if it names several, the highest."""
    named = claims.get(claim, ())
    names = {named} if isinstance(named, str) else {name for name in named if isinstance(name, str)}
    return next((role for role in reversed(STAFF_ROLES) if role in names), None)


def staff_id(claims: Mapping[str, Any]) -> str:
    """A short id that never changes: a digest of the claims `iss` and `sub` (OpenID Connect Core 1.0, 5.7)."""
    return hashlib.sha256(f"{claims.get('iss')} {claims.get('sub')}".encode()).hexdigest()[:16]


def at_provider(settings: WebSettings, discovery_url: str, secret: str) -> OpenIdSignIn:
    """The sign-in at the provider with this discovery URL."""
    clients = OAuth()
    clients.register(
        name="staff",
        server_metadata_url=discovery_url,
        client_id=settings.oidc_client_id,
        client_secret=secret,
        client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256", "timeout": 10},
    )
    return OpenIdSignIn(clients.staff, settings)
