"""The common layout of all pages: the templates that every service's pages are made of, and the navigation."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from fastapi import Request
from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader, StrictUndefined

from shared import dates
from shared.web.callers import STAFF_ROLES, Caller, Purpose, Role

TEMPLATES: Final = Path(__file__).parent / "templates"
ASSETS: Final = Path(__file__).parent / "assets"

NavigationItem = tuple[str, str]
"""A path, and its label."""

_STAFF_NAVIGATION: Final[Sequence[NavigationItem]] = (
    ("/staff/rounds", "Rounds"),
    ("/staff/screening", "Screening"),
    ("/staff/matching", "Matching"),
    ("/staff/placements", "Placements"),
    ("/staff/reports", "Reports"),
    ("/staff/people", "People"),
)

NAVIGATION: Final[dict[Role, Sequence[NavigationItem]]] = {
    Role.HOST: (
        ("/host/projects", "Projects"),
        ("/host/applicants", "Applicants"),
        ("/host/placements", "Placements"),
        ("/host/surveys", "Surveys"),
    ),
    Role.STUDENT: (
        ("/catalogue", "Find a project"),
        ("/student/applications", "My applications"),
        ("/student/surveys", "Surveys"),
    ),
    **dict.fromkeys(STAFF_ROLES, _STAFF_NAVIGATION),
}
"""The navigation of each role, on every page. Its first item is the role's first page."""


def navigation_of(caller: Caller | None) -> Sequence[NavigationItem]:
    if caller is None:
        return ()
    if caller.purpose is Purpose.SURVEY:
        return [(path, label) for path, label in NAVIGATION[caller.role] if path.endswith("/surveys")]
    return NAVIGATION.get(caller.role, ())


def environment(*loaders: BaseLoader) -> Environment:
    """A template environment: the templates of these loaders, and the common ones."""
    pages = Environment(
        loader=ChoiceLoader([*loaders, FileSystemLoader(TEMPLATES)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    pages.filters |= {
        "moment": _moment,
        "day": _day,
        "day_of": dates.day_of,
        "iso": _iso,
        "time_of_day": dates.time_of_day,
    }
    pages.globals |= {
        "ago": dates.ago,
        "asset": asset_url,
        "days_between": dates.days_between,
        "left": dates.left,
        "navigation_of": navigation_of,
        "plural": dates.plural,
    }
    return pages


@cache
def layout() -> Environment:
    """The environment of the common templates only."""
    return environment()


@cache
def asset_url(name: str) -> str:
    """The address of an asset. It changes with the content, so that browsers may cache it for ever."""
    digest = sha256((ASSETS / name).read_bytes()).hexdigest()[:12]
    return f"/assets/{name}?{digest}"


def is_htmx(request: Request) -> bool:
    """Whether HTMX asks for a part of a page, to put it into the page that is shown."""
    return request.headers.get("hx-request") == "true"


def wants_page(request: Request) -> bool:
    """Whether the answer is shown to a person: the client is a browser or HTMX."""
    return is_htmx(request) or "text/html" in request.headers.get("accept", "")


def _moment(of: datetime) -> str:
    return dates.moment(of)


def _day(of: date) -> str:
    return dates.day(of)


def _iso(of: datetime | date) -> str:
    return of.isoformat()
