"""The HTTP application of one service or of all: their routes, authentication, errors and health."""

import json
from collections.abc import Sequence
from functools import cache
from http import HTTPStatus

import asyncpg
from fastapi import Depends, FastAPI, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException
from starlette.middleware.sessions import SessionMiddleware

from shared.database.connection import DatabaseAway
from shared.refusals import Refusal
from shared.runtime.replica import Replica
from shared.runtime.service import Service
from shared.telemetry import serving
from shared.web import entrance
from shared.web.authentication import Authenticator, at_service, caller
from shared.web.description import ERRORS, Application
from shared.web.guard import Guard
from shared.web.limits import RateLimiter
from shared.web.problems import (
    answer_away,
    answer_fault,
    answer_http,
    answer_invalid,
    answer_refusal,
    answer_unstorable,
)
from shared.web.sign_in import sign_in_at_provider

TITLE = "ninthweek"
DESCRIPTION = "Micro-placements, from a host's proposal to both sides' evaluation."

LARGEST_BODY = 6_000_000
"""Bytes of a request: a document of the largest size, and the other fields of its form."""

SECONDS_TO_SIGN_IN = 600
"""How long a sign-in at the OpenID provider may take."""

ANSWERS = {
    Refusal: answer_refusal,
    HTTPException: answer_http,
    RequestValidationError: answer_invalid,
    asyncpg.CharacterNotInRepertoireError: answer_unstorable,
    asyncpg.UntranslatableCharacterError: answer_unstorable,
    DatabaseAway: answer_away,
    Exception: answer_fault,
}


def application(replicas: Sequence[Replica], authenticator: Authenticator) -> FastAPI:
    """The application of these replicas: the routes of all their services on one origin."""
    app = routes_of([replica.service for replica in replicas])
    app.state.authenticator = authenticator
    app.state.units_of_work = {replica.service.name: replica.units_of_work for replica in replicas}
    app.state.sign_in = sign_in_at_provider(authenticator.settings)
    app.state.limiter = RateLimiter()
    app.add_middleware(
        SessionMiddleware,
        secret_key=authenticator.settings.session_secret.get_secret_value(),
        session_cookie="ninthweek-signing-in",
        max_age=SECONDS_TO_SIGN_IN,
        https_only=authenticator.settings.behind_tls,
    )
    app.add_middleware(Guard, settings=authenticator.settings)
    app.add_middleware(serving, replicas[0].service.name if len(replicas) == 1 else TITLE)

    @app.get("/readyz", include_in_schema=False)
    async def ready() -> JSONResponse:
        reasons = {replica.service.name: await replica.why_not_ready() for replica in replicas}
        status = HTTPStatus.SERVICE_UNAVAILABLE if any(reasons.values()) else HTTPStatus.OK
        return JSONResponse({"ready": not any(reasons.values()), "because": reasons}, status_code=status)

    return app


def routes_of(services: Sequence[Service]) -> FastAPI:
    """The application without running services: enough to describe its routes."""
    app = Application(
        title=TITLE,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        max_body_size=LARGEST_BODY,
        # FastAPI's own spans hold paths, which name people. The spans of `shared.telemetry` do not.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.include_router(entrance.routes)
    for service in services:
        at = Depends(at_service(service.name))
        app.include_router(service.open_routes, dependencies=[at])
        app.include_router(service.routes, tags=[service.name], dependencies=[at, Depends(caller)], responses=ERRORS)
    for error, answer in ANSWERS.items():
        app.add_exception_handler(error, answer)

    @app.get("/healthz", include_in_schema=False)
    async def healthy() -> PlainTextResponse:
        return PlainTextResponse("alive\n")

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    @app.get("/asyncapi.json", include_in_schema=False)
    async def asyncapi() -> Response:
        return Response(_published_asyncapi(), media_type="application/json")

    return app


@cache
def _published_asyncapi() -> str:
    """The AsyncAPI document, made when it is first asked for: making it takes a while, and its modules take memory."""
    from shared.contracts.documents import asyncapi_document  # noqa: PLC0415

    return json.dumps(asyncapi_document())
