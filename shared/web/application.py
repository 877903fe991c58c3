"""The HTTP application of one service or of all: their routes, authentication, errors and health."""

import json
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from http import HTTPStatus
from typing import Any

import asyncpg
from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException
from starlette.middleware.sessions import SessionMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.database.connection import DatabaseAway
from shared.refusals import Refusal
from shared.runtime.replica import Replica
from shared.runtime.service import Service
from shared.telemetry import serving
from shared.web import entrance
from shared.web.authentication import Authenticator, at_service, caller
from shared.web.description import ERRORS, DescribedFastAPI
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


class WebApplication:
    """An ASGI application that passes what it runs with to its routes, in `request.state`.

    So the routes hold none of it, and are built once for all applications of the same services: FastAPI works out what
    each of them depends on at the first request, which takes longer than most tests.
    """

    def __init__(self, app: ASGIApp, state: Mapping[str, Any]) -> None:
        self._app = app
        self.state = dict(state)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = {**scope.get("state", {}), **self.state}
        await self._app(scope, receive, send)


def application(replicas: Sequence[Replica], authenticator: Authenticator) -> WebApplication:
    """The application of these replicas: the routes of all their services on one origin."""
    settings = authenticator.settings
    app: ASGIApp = SessionMiddleware(
        routes_of(tuple(replica.service for replica in replicas)),
        secret_key=settings.session_secret.get_secret_value(),
        session_cookie="ninthweek-signing-in",
        max_age=SECONDS_TO_SIGN_IN,
        https_only=settings.behind_tls,
    )
    app = serving(Guard(app, settings), replicas[0].service.name if len(replicas) == 1 else TITLE)
    state = {
        "authenticator": authenticator,
        "replicas": replicas,
        "units_of_work": {replica.service.name: replica.units_of_work for replica in replicas},
        "sign_in": sign_in_at_provider(settings),
        "limiter": RateLimiter(),
    }
    return WebApplication(app, state)


@lru_cache(maxsize=16)
def routes_of(services: tuple[Service, ...]) -> FastAPI:
    """The routes of these services, without anything that runs: enough for the OpenAPI document."""
    app = DescribedFastAPI(
        title=TITLE,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        max_body_size=LARGEST_BODY,
        # FastAPI's own spans have paths, which name people; ours are those of `shared.telemetry`.
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

    @app.get("/readyz", include_in_schema=False)
    async def ready(request: Request) -> JSONResponse:
        reasons = {replica.service.name: await replica.why_not_ready() for replica in request.state.replicas}
        status = HTTPStatus.SERVICE_UNAVAILABLE if any(reasons.values()) else HTTPStatus.OK
        return JSONResponse({"ready": not any(reasons.values()), "because": reasons}, status_code=status)

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
