"""Signed links: every service can tell that one is ours, for whom, what for and until when, and needs no table for it.

A link may be used until its end, as often as its reader likes, and changes nothing by itself: a mail scanner that
follows it opens a session that nobody has. It names ids, never names or addresses.
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
"""How long a link for staff may be used, once."""


class NotOurs(Exception):
    """The text is no link of ours, or not a whole one."""


def link_url(link: Link, settings: WebSettings) -> str:
    """The same for the same link, however often it is made."""
    return f"{settings.origin}{ENTRANCE}/{sign(link, settings)}"


def sign(link: Link, settings: WebSettings) -> str:
    content = (link.kind, link.person_id, link.purpose, _encoded(link.issued_at), _encoded(link.ends_at), link.path)
    return _signer(settings, "link").dumps(content)


def read(token: str, settings: WebSettings) -> Link:
    """The link that a token is; raises `NotOurs`. Whether it has ended or is revoked is another question."""
    try:
        kind, person_id, purpose, issued_at, ends_at, path = _signer(settings, "link").loads(token)
        if kind not in PERSON_KINDS:
            raise NotOurs
        return Link(kind, person_id, Purpose(purpose), _decoded(issued_at), _decoded(ends_at), path)
    except (BadSignature, ValueError, TypeError) as error:
        raise NotOurs from error


def staff_link_url(role: Role, settings: WebSettings, *, who: str) -> str:
    """A link that signs somebody in as staff, once, within twelve hours: for whoever runs the programme."""
    ends_at = system_time().timestamp() + MINUTES_TO_ENTER * 60
    token = _signer(settings, "staff").dumps((str(new_id()), role, who, int(ends_at)))
    return f"{settings.origin}{STAFF_ENTRANCE}/{token}"


def read_staff_link(token: str, settings: WebSettings) -> tuple[UUID, Caller]:
    """The id of a link for staff, and whom it signs in; raises `NotOurs`, also for one that has ended."""
    try:
        link_id, role, who, ends_at = _signer(settings, "staff").loads(token)
        if ends_at < system_time().timestamp():
            raise NotOurs
        return UUID(link_id), Caller(Role(role), who, name=who)
    except (BadSignature, ValueError, TypeError) as error:
        raise NotOurs from error


def is_path_of_ours(path: str) -> bool:
    """Whether a path leads to a page of this site and nowhere else, so that it may be redirected to."""
    return path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path


def _signer(settings: WebSettings, purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(settings.session_secret.get_secret_value(), salt=f"ninthweek {purpose}")


def _encoded(moment: datetime) -> int:
    """Microseconds since 1970: short, and exact."""
    return round(moment.timestamp() * 1_000_000)


def _decoded(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds / 1_000_000, UTC)
