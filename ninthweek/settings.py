"""What the commands read from the environment, and the checks of it."""

import errno
import json
import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from shared.web.authentication import Authenticator

SERVERS_FILE = "servers.json"
SIGNING_KEY_FILE = "signing-key"


class SettingFaulty(Exception):
    """A setting cannot be used; the text says which, and what to do."""


@dataclass(frozen=True)
class AdministratorUrls:
    """The administrator's URLs of both servers, and of the broker's management API where it is set."""

    database: str
    amqp: str
    management: str | None = None


def variable(name: str, what: str) -> str:
    """The environment variable of a service's or an outside system's own setting, such as `CAREERS_PORTAL_TOKEN`."""
    return f"{name.upper().replace('-', '_')}_{what}"


def checked_url(name: str, value: str, *schemes: str) -> str:
    """The URL, if it is one. Raises `SettingFaulty`; its password is not repeated."""
    try:
        parts = urlsplit(value)
        usable = parts.scheme in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise SettingFaulty(f"{name} is not a URL of the form {schemes[0]}://user:password@host:port/name: correct it.")
    return value


def check_server_urls() -> None:
    """Raise `SettingFaulty` unless `DATABASE_URL` and `AMQP_URL` are URLs, as far as they are set."""
    if database := os.environ.get("DATABASE_URL"):
        checked_url("DATABASE_URL", database, "postgresql", "postgres")
    if amqp := os.environ.get("AMQP_URL"):
        checked_url("AMQP_URL", amqp, "amqp", "amqps")


def check_port(host: str, port: int) -> None:
    """Raise `SettingFaulty` unless the port can be listened on, before anything else is started."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = "is taken" if error.errno == errno.EADDRINUSE else "cannot be used"
            raise SettingFaulty(f"Port {port} of {host} {reason}: name another with --port.") from None


def administrator_urls(data: Path) -> AdministratorUrls:
    """The URLs in `DATABASE_URL` and `AMQP_URL`, else those of an `up` that runs with this data folder.

    Raises `SettingFaulty` where there are neither.
    """
    database, amqp = os.environ.get("DATABASE_URL"), os.environ.get("AMQP_URL")
    noted = _noted(data) if not (database and amqp) else {}
    database, amqp = database or noted.get("database"), amqp or noted.get("amqp")
    if not database or not amqp:
        missing = " and ".join(name for name, url in (("DATABASE_URL", database), ("AMQP_URL", amqp)) if not url)
        raise SettingFaulty(f"{missing} must be set, or `ninthweek up` must be running with --data {data}.")
    management = os.environ.get("AMQP_MANAGEMENT_URL")
    return AdministratorUrls(
        checked_url("DATABASE_URL", database, "postgresql", "postgres"),
        checked_url("AMQP_URL", amqp, "amqp", "amqps"),
        checked_url("AMQP_MANAGEMENT_URL", management, "http", "https") if management else None,
    )


def note_servers(data: Path, urls: AdministratorUrls) -> None:
    """Write the servers' URLs down for other commands. They hold passwords, so only this user can read the file."""
    file = data / SERVERS_FILE
    file.touch(mode=0o600)
    file.write_text(json.dumps({"database": urls.database, "amqp": urls.amqp}))


def forget_servers(data: Path) -> None:
    (data / SERVERS_FILE).unlink(missing_ok=True)


def _noted(data: Path) -> dict[str, str]:
    file = data / SERVERS_FILE
    noted: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    return noted


def keep_session_secret(data: Path) -> None:
    """Set `SESSION_SECRET`, where it is not set, from a file of the data folder.

    So links and sessions outlast the process. Only this user can read the file.
    """
    file = data / SIGNING_KEY_FILE
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(32))
    os.environ.setdefault("SESSION_SECRET", file.read_text())


def authenticator_from_environment() -> "Authenticator":
    """A door for the tokens in `NINTHWEEK_TOKEN` (staff) and `<SYSTEM>_TOKEN`; tokens that are not set are made up."""
    # Imported here: every command reads settings, and few serve HTTP.
    from shared.contracts.directory import OUTSIDE_SYSTEMS  # noqa: PLC0415
    from shared.web.authentication import STAFF, Authenticator  # noqa: PLC0415

    names = {STAFF: "NINTHWEEK_TOKEN"} | {system.name: variable(system.name, "TOKEN") for system in OUTSIDE_SYSTEMS}
    return Authenticator({who: os.environ.get(name) or secrets.token_urlsafe(24) for who, name in names.items()})
