"""Answers to errors: RFC 9457 problem details, or a page in a browser, with every fault and what to do about it."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import structlog
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from shared.contracts.faults import Fault, faults_of
from shared.refusals import (
    Forbidden,
    Invalid,
    NotAllowed,
    NotFound,
    Refusal,
    TooLarge,
    TooMany,
    Unauthorized,
    Unavailable,
)
from shared.runtime.failures.failure import describe
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


STATUSES: Final = {
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    Unauthorized: HTTPStatus.UNAUTHORIZED,
    Forbidden: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    NotAllowed: HTTPStatus.CONFLICT,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}

_HEADERS: Final = {
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": "Bearer"},
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": "5"},
    HTTPStatus.TOO_MANY_REQUESTS: {"Retry-After": "60"},
}


def answer(refusal: Refusal, request: Request) -> Response:
    """The answer to a refusal: problem details, or for a person a page or a notice in the page that is shown."""
    return _answer(refusal, STATUSES[type(refusal)], request)


def _answer(
    refusal: Refusal, status: HTTPStatus, request: Request, headers: Mapping[str, str] | None = None
) -> Response:
    headers = headers or _HEADERS.get(status, {})
    if wants_page(request):
        return _page(refusal, status, request, headers)
    details = ProblemDetails(title=status.phrase, status=status, detail=refusal.detail, faults=refusal.faults)
    return JSONResponse(details.model_dump(), status_code=status, media_type=PROBLEM_TYPE, headers=dict(headers))


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


def _page(refusal: Refusal, status: HTTPStatus, request: Request, headers: Mapping[str, str]) -> Response:
    """A refusal as a page; for HTMX, as a notice to be put into the page that is shown."""
    template = layout().get_template("problem_notice.jinja" if is_htmx(request) else "problem.jinja")
    title = _TITLES.get(status, status.phrase)
    session = session_of(request, request.state.authenticator.settings)
    caller = session.caller if session and status is not HTTPStatus.UNAUTHORIZED else None
    html = template.render(title=title, refusal=refusal, status=status, path=request.url.path, caller=caller, notice="")
    return HTMLResponse(html, status_code=status, headers=dict(headers))


async def answer_refusal(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)  # noqa: S101 - registered for refusals alone
    return answer(refusal, request)


async def answer_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for these alone
    return answer(Invalid(faults_of(error.errors())), request)


async def answer_unstorable(request: Request, _error: Exception) -> Response:
    """Answer a text with U+0000, the one character that PostgreSQL cannot hold."""
    return answer(Invalid([Fault(field="body", reason="The text has the character U+0000: leave it out.")]), request)


async def answer_away(request: Request, _error: Exception) -> Response:
    return answer(Unavailable("The service cannot reach its database: send the same request again shortly."), request)


_FRAMEWORK: Final = {
    HTTPStatus.NOT_FOUND: "Nothing is at this address: check it, or begin at the first page.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not take such a request.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "This is more than is taken at once: send less.",
}


async def answer_http(request: Request, error: Exception) -> Response:
    """Answer what the framework itself refuses, such as an unknown path or method."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for these alone
    status = HTTPStatus(error.status_code)
    return _answer(Refusal(_FRAMEWORK.get(status, str(error.detail))), status, request, error.headers)


async def answer_fault(request: Request, error: Exception) -> Response:
    """Answer an error of ours. The log has its class and place; the caller is told neither."""
    log.error("a request failed", method=request.method, route=request.scope.get("path"), error=describe(error))
    refusal = Refusal("The fault is ours and is noted. Nothing was changed.")
    return _answer(refusal, HTTPStatus.INTERNAL_SERVER_ERROR, request)
