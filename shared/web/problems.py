"""What a caller did wrong, as RFC 9457 problem details: every fault, and what to do about it."""

from collections.abc import Sequence
from http import HTTPStatus

import structlog
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from shared.contracts.faults import faults_of
from shared.contracts.intake import Fault
from shared.runtime.failure import describe

log = structlog.get_logger()


class ProblemDetails(BaseModel):
    """The body of every error, as `application/problem+json`."""

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


class Invalid(Problem):
    """Fields are at fault; all of them are named."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("Correct the fields named in `faults` and send it again.", faults)


class Unavailable(Problem):
    """The database is away; the same request may be sent again later."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


def answer(problem: Problem) -> JSONResponse:
    details = ProblemDetails(
        title=problem.status.phrase, status=problem.status, detail=problem.detail, faults=problem.faults
    )
    headers = {
        HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": "Bearer"},
        HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": "5"},
    }.get(problem.status)
    return JSONResponse(
        details.model_dump(),
        status_code=problem.status,
        media_type="application/problem+json",
        headers=headers,
    )


async def answer_problem(_request: Request, problem: Exception) -> JSONResponse:
    assert isinstance(problem, Problem)  # noqa: S101 - registered for problems alone
    return answer(problem)


async def answer_invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for these alone
    return answer(Invalid(faults_of(error.errors())))


async def answer_unstorable(_request: Request, _error: Exception) -> JSONResponse:
    """PostgreSQL's text holds every character but one."""
    return answer(Invalid([Fault(field="body", reason="The text has the character U+0000: leave it out.")]))


async def answer_away(_request: Request, _error: Exception) -> JSONResponse:
    return answer(Unavailable("The service cannot reach its database: send the same request again shortly."))


async def answer_http(_request: Request, error: Exception) -> JSONResponse:
    """What the framework itself refuses: an unknown path, a method that a path does not have."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for these alone
    problem = Problem(str(error.detail))
    problem.status = HTTPStatus(error.status_code)
    return answer(problem)


async def answer_fault(request: Request, error: Exception) -> JSONResponse:
    """A fault of ours: told to the log by its class and place, and to the caller without either."""
    log.error("a request failed", method=request.method, route=request.scope.get("path"), error=describe(error))
    problem = Problem("The fault is ours and is noted. Nothing was changed.")
    problem.status = HTTPStatus.INTERNAL_SERVER_ERROR
    return answer(problem)
