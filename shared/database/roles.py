"""The login role that each service has of its own."""

import hashlib
import hmac
from urllib.parse import quote, urlsplit, urlunsplit


def service_url(administrator_url: str, service: str) -> str:
    """The URL of a service's own role on the administrator's server and database.

    The password is derived from the administrator's, so that it need not be stored.
    """
    parts = urlsplit(administrator_url)
    role = f"ninthweek_{service}"
    password = hmac.digest((parts.password or administrator_url).encode(), role.encode(), hashlib.sha256).hex()
    address = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{quote(password)}@{address}"))
