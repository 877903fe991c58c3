"""What a caller did wrong: every fault, and what to do; as RFC 9457 problem details, or as a page in a browser."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final

import structlog
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from shared.contracts.faults import faults_of
from shared.contracts.intake import Fault
from shared.runtime.failure import describe
from shared.web.layout import is_htmx, layout, wants_page
from shared.web.sessions import session_of

log = structlog.get_logger()


PROBLEM_TYPE: Final = "application/problem+json"


class ProblemDetails(BaseModel):
    """The body of every error (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    faults: list[Fault] = []


class Problem(Exception):
    """The request cannot be met; `detail` says why and what to do, without personal data."""

    status = HTTPStatus.BAD_REQUEST

    def __init__(self, detail: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = list(faults)


class NotFound(Problem):
    status = HTTPStatus.NOT_FOUND


class Conflict(Problem):
    """The thing is not in a state in which this can be done."""

    status = HTTPStatus.CONFLICT


class Unauthorized(Problem):
    status = HTTPStatus.UNAUTHORIZED


class Forbidden(Problem):
    status = HTTPStatus.FORBIDDEN


class TooLarge(Problem):
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class TooMany(Problem):
    """The same was asked too often."""

    status = HTTPStatus.TOO_MANY_REQUESTS


class Invalid(Problem):
    """Fields are at fault; all of them are named."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("Correct the fields named in `faults` and send it again.", faults)


class Unavailable(Problem):
    """The database is away; the same request may be sent again later."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


def answer(problem: Problem, request: Request, headers: Mapping[str, str] | None = None) -> Response:
    headers = headers or {
        HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": "Bearer"},
        HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": "5"},
        HTTPStatus.TOO_MANY_REQUESTS: {"Retry-After": "60"},
    }.get(problem.status, {})
    if wants_page(request):
        return _page(problem, request, headers)
    details = ProblemDetails(
        title=problem.status.phrase, status=problem.status, detail=problem.detail, faults=problem.faults
    )
    return JSONResponse(details.model_dump(), status_code=problem.status, media_type=PROBLEM_TYPE, headers=headers)


_TITLES: Final = {
    HTTPStatus.UNAUTHORIZED: "Please sign in",
    HTTPStatus.FORBIDDEN: "This page is not open to you",
    HTTPStatus.NOT_FOUND: "There is no such page",
    HTTPStatus.CONFLICT: "This cannot be done any more",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Something is not right yet",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many tries",
    HTTPStatus.SERVICE_UNAVAILABLE: "Back in a moment",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong here",
}


def _page(problem: Problem, request: Request, headers: Mapping[str, str]) -> Response:
    """The same as a page; what HTMX asked for becomes a notice in the page that asked."""
    template = layout().get_template("problem_notice.jinja" if is_htmx(request) else "problem.jinja")
    title = _TITLES.get(problem.status, problem.status.phrase)
    session = session_of(request, request.app.state.door.settings)
    caller = session.caller if session and problem.status is not HTTPStatus.UNAUTHORIZED else None
    html = template.render(title=title, problem=problem, path=request.url.path, caller=caller, said="")
    return HTMLResponse(html, status_code=problem.status, headers=dict(headers))


async def answer_problem(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)  # noqa: S101 - registered for problems alone
    return answer(problem, request)


async def answer_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for these alone
    return answer(Invalid(faults_of(error.errors())), request)


async def answer_unstorable(request: Request, _error: Exception) -> Response:
    """PostgreSQL's text holds every character but one."""
    return answer(Invalid([Fault(field="body", reason="The text has the character U+0000: leave it out.")]), request)


async def answer_away(request: Request, _error: Exception) -> Response:
    return answer(Unavailable("The service cannot reach its database: send the same request again shortly."), request)


_FRAMEWORK: Final = {
    HTTPStatus.NOT_FOUND: "Nothing is at this address: check it, or begin at the first page.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not take such a request.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "This is more than is taken at once: send less.",
}


async def answer_http(request: Request, error: Exception) -> Response:
    """What the framework itself refuses: an unknown path, a method that a path does not have."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for these alone
    problem = Problem(_FRAMEWORK.get(HTTPStatus(error.status_code), str(error.detail)))
    problem.status = HTTPStatus(error.status_code)
    return answer(problem, request, error.headers)


async def answer_fault(request: Request, error: Exception) -> Response:
    """A fault of ours: told to the log by its class and place, and to the caller without either."""
    log.error("a request failed", method=request.method, route=request.scope.get("path"), error=describe(error))
    problem = Problem("The fault is ours and is noted. Nothing was changed.")
    problem.status = HTTPStatus.INTERNAL_SERVER_ERROR
    return answer(problem, request)
