"""The settings of the web application, from the environment: its address, and how staff sign in."""

import secrets
from functools import cache
from typing import Annotated

from pydantic import AnyHttpUrl, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


@cache
def _secret_of_this_process() -> SecretStr:
    """The secret if none is set: links and sessions are then valid only until the process ends."""
    return SecretStr(secrets.token_urlsafe(32))


class WebSettings(BaseSettings):
    """Read from `PUBLIC_URL`, `SESSION_SECRET` and `OIDC_…`; the same for every service."""

    model_config = SettingsConfigDict(env_ignore_empty=True, frozen=True, hide_input_in_errors=True)

    public_url: AnyHttpUrl = AnyHttpUrl("http://127.0.0.1:8000")
    """Where people's browsers reach the programme; links in mails begin with it."""

    session_secret: Annotated[SecretStr, Field(min_length=16, default_factory=_secret_of_this_process)]
    """The key that signs links and sessions. Every service must have the same one."""

    oidc_discovery_url: AnyHttpUrl | None = None
    """The provider's `…/.well-known/openid-configuration`. Without one, staff use a link of `ninthweek sign-in`."""

    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None

    oidc_roles_claim: str = "roles"
    """The claim that holds a person's role, or a list with it: viewer, reviewer or staff."""

    @model_validator(mode="after")
    def _complete(self) -> "WebSettings":
        if self.oidc_discovery_url and not (self.oidc_client_id and self.oidc_client_secret):
            raise ValueError("OIDC_DISCOVERY_URL needs OIDC_CLIENT_ID and OIDC_CLIENT_SECRET beside it")
        return self

    @property
    def origin(self) -> str:
        """Scheme, host and port, without a slash at the end."""
        return str(self.public_url).rstrip("/")

    @property
    def behind_tls(self) -> bool:
        return self.public_url.scheme == "https"
