"""Signed links. A link itself says for whom it is, what for and until when, so services need no table to verify it.

A link may be used as often as its reader likes until its end. Following it changes nothing: a mail scanner that does so
only opens a session that nobody uses. It holds ids, never names or addresses.
"""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer

from shared.clock import system_time
from shared.identifiers import new_id
from shared.web.callers import PERSON_KINDS, Caller, Link, Purpose, Role
from shared.web.settings import WebSettings

ENTRANCE: Final = "/enter"
STAFF_ENTRANCE: Final = "/staff/enter"
MINUTES_TO_ENTER: Final = 60 * 12
"""How long a link for staff is valid. It can be used once."""


class NotOurs(Exception):
    """The text is not a link of ours, or not a complete one."""


def link_url(link: Link, settings: WebSettings) -> str:
    """The address of a link. The same link always has the same address."""
    return f"{settings.origin}{ENTRANCE}/{sign(link, settings)}"


def sign(link: Link, settings: WebSettings) -> str:
    content = (link.kind, link.person_id, link.purpose, _encoded(link.issued_at), _encoded(link.ends_at), link.path)
    return _signer(settings, "link").dumps(content)


def read(token: str, settings: WebSettings) -> Link:
    """The link of a token; raises `NotOurs`. It does not check whether the link has ended or was revoked."""
    try:
        kind, person_id, purpose, issued_at, ends_at, path = _signer(settings, "link").loads(token)
        if kind not in PERSON_KINDS:
            raise NotOurs
        return Link(kind, person_id, Purpose(purpose), _decoded(issued_at), _decoded(ends_at), path)
    except (BadSignature, ValueError, TypeError) as error:
        raise NotOurs from error


def staff_link_url(role: Role, settings: WebSettings, *, who: str) -> str:
    """A link that signs somebody in as staff, once and within twelve hours."""
    ends_at = system_time().timestamp() + MINUTES_TO_ENTER * 60
    token = _signer(settings, "staff").dumps((str(new_id()), role, who, int(ends_at)))
    return f"{settings.origin}{STAFF_ENTRANCE}/{token}"


def read_staff_link(token: str, settings: WebSettings) -> tuple[UUID, Caller]:
    """The id of a link for staff, and the caller whom it signs in; raises `NotOurs`, also if the link has ended."""
    try:
        link_id, role, who, ends_at = _signer(settings, "staff").loads(token)
        if ends_at < system_time().timestamp():
            raise NotOurs
        return UUID(link_id), Caller(Role(role), who, name=who)
    except (BadSignature, ValueError, TypeError) as error:
        raise NotOurs from error


def is_path_of_ours(path: str) -> bool:
    """Whether a path is certainly a page of this site, so that it is safe to redirect to it."""
    return path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path


def _signer(settings: WebSettings, purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(settings.session_secret.get_secret_value(), salt=f"ninthweek {purpose}")


def _encoded(moment: datetime) -> int:
    """Microseconds since 1970: a short text, and exact."""
    return round(moment.timestamp() * 1_000_000)


def _decoded(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds / 1_000_000, UTC)
