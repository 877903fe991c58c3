"""Where staff sign in, and whether the university has a provider of OpenID Connect to sign in at."""

from typing import TYPE_CHECKING, Final

from fastapi import Request

from shared.web.settings import WebSettings

if TYPE_CHECKING:
    from shared.web.openid import OpenIdSignIn

SIGN_IN: Final = "/staff/sign-in"


def sign_in_at_provider(settings: WebSettings) -> "OpenIdSignIn | None":
    """How staff sign in, where a provider is set."""
    if settings.oidc_discovery_url is None or settings.oidc_client_secret is None:
        return None
    # Authlib and what it needs take 12 MB, which a service without a provider does not hold.
    from shared.web.openid import at_provider  # noqa: PLC0415

    return at_provider(settings, str(settings.oidc_discovery_url), settings.oidc_client_secret.get_secret_value())


def sign_in_of(request: Request) -> "OpenIdSignIn | None":
    found: OpenIdSignIn | None = request.app.state.sign_in
    return found
