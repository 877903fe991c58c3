"""The sign-in of staff at the university's OpenID provider, if one is set."""

from typing import TYPE_CHECKING, Final

from fastapi import Request

from shared.web.settings import WebSettings

if TYPE_CHECKING:
    from shared.web.openid import OpenIdSignIn

SIGN_IN: Final = "/staff/sign-in"


def sign_in_at_provider(settings: WebSettings) -> "OpenIdSignIn | None":
    """The sign-in at the provider, or `None` if none is set."""
    if settings.oidc_discovery_url is None or settings.oidc_client_secret is None:
        return None
    # Imported here, since Authlib and its dependencies take 12 MB: without a provider they are not loaded.
    from shared.web.openid import at_provider  # noqa: PLC0415

    return at_provider(settings, str(settings.oidc_discovery_url), settings.oidc_client_secret.get_secret_value())


def sign_in_of(request: Request) -> "OpenIdSignIn | None":
    found: OpenIdSignIn | None = request.state.sign_in
    return found
