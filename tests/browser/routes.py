"""Every route that is a page, and the moment of a term at which there is most to see on it."""

import re
from collections.abc import Mapping
from functools import cache

from fastapi.routing import iter_route_contexts

from ninthweek.demonstration.moments import Moment
from ninthweek.services import NAMES, load
from shared.web.application import routes_of

FULLEST: Mapping[str, Moment] = {
    "/": Moment.SCREENING,
    "/enter": Moment.SCREENING,
    "/staff/enter": Moment.SCREENING,
    "/staff/sign-in": Moment.SCREENING,
    "/host/projects": Moment.SCREENING,
    "/host/drafts": Moment.SCREENING,
    "/staff/screening": Moment.SCREENING,
    "/catalogue": Moment.APPLICATIONS,
    "/student/forms": Moment.APPLICATIONS,
    "/staff/people": Moment.APPLICATIONS,
    "/staff/rounds": Moment.APPLICATIONS,
    "/host/applicants": Moment.RANKINGS,
    "/host/applications": Moment.RANKINGS,
    "/student/applications": Moment.OFFERS,
    "/student/offers": Moment.OFFERS,
    "/staff/matching": Moment.RANKINGS,
    "/host/placements": Moment.PLACEMENTS,
    "/student/placements": Moment.PLACEMENTS,
    "/staff/placements": Moment.PLACEMENTS,
    "/host/surveys": Moment.SURVEYS,
    "/student/surveys": Moment.SURVEYS,
    "/staff/reports": Moment.SURVEYS,
}
"""By the beginning of a path; the longest that fits counts."""

NOT_PAGES = ("/openapi.json", "/asyncapi.json", "/healthz", "/readyz", "/metrics", "/assets/{name}")

ONLY_LEAD_ON = ("/enter/{token}", "/staff/enter/{token}", "/staff/sign-in/back", "/host/drafts/{draft_id}")
"""They show nothing themselves."""


@cache
def page_routes() -> tuple[str, ...]:
    """The paths of all pages, as their routes have them; fixed paths come before those with parameters."""
    paths = {
        str(route.path)
        for route in iter_route_contexts(routes_of(tuple(load(name) for name in NAMES)).routes)
        if "GET" in (route.methods or ()) and not route.include_in_schema
    }
    return tuple(sorted(paths - {*NOT_PAGES}, key=lambda path: (path.count("{"), path)))


def pages_at(moment: Moment) -> set[str]:
    """The routes of the pages that are fullest at a moment."""
    return {route for route in page_routes() if moment_of(route) is moment} - {*ONLY_LEAD_ON}


def moment_of(route: str) -> Moment:
    """The moment at which a page is fullest; raises `ValueError` for one that the table does not have."""
    fitting = [begin for begin in FULLEST if route == begin or route.startswith(f"{begin}/")]
    return FULLEST[max(fitting, key=len)]


def route_of(path: str) -> str | None:
    """The route that answers a path, if it is a page's."""
    return next((route for route in page_routes() if _pattern(route).fullmatch(path)), None)


@cache
def _pattern(route: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\?\{\w+\\?\}", "[^/]+", re.escape(route)))
