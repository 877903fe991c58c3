"""The routes that are no service's own."""

from tests.services.web.who_may.visitors import EVERYBODY, NOBODY_AT_ALL, Access

WHO_MAY: Access = {
    "GET /": EVERYBODY,
    "GET /assets/{name}": EVERYBODY,
    "GET /asyncapi.json": EVERYBODY,
    "GET /enter/{token}": EVERYBODY,
    "GET /healthz": EVERYBODY,
    "GET /metrics": EVERYBODY,
    "GET /openapi.json": EVERYBODY,
    "GET /readyz": EVERYBODY,
    "GET /staff/enter/{token}": EVERYBODY,
    "GET /staff/sign-in": EVERYBODY,
    # For whoever comes back from a provider; here none is set.
    "GET /staff/sign-in/back": NOBODY_AT_ALL,
    "POST /sign-out": EVERYBODY,
}
