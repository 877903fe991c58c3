"""The OpenAPI document: adds to each route the errors that it may answer."""

from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from shared.web.problems import PROBLEM_TYPE, ProblemDetails

ERRORS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"description": HTTPStatus(status).phrase} for status in (400, 401, 403, 404, 409, 413, 422, 503)
}
"""All errors that a route may answer; those that a route cannot answer are removed from its description.

Their model, `ProblemDetails`, is added only in the description. If it were named here, FastAPI would build a serialiser
of it for each error of each route.
"""

REFERENCE: Final = "#/components/schemas/{model}"


class DescribedFastAPI(FastAPI):
    """An application that describes its errors as problem details, each at the routes where it can occur."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            described = super().openapi()
            _, errors = models_json_schema([(ProblemDetails, "serialization")], ref_template=REFERENCE)
            components = described.setdefault("components", {})
            components["schemas"] = dict(sorted((components.get("schemas", {}) | errors["$defs"]).items()))
            for path, operations in described["paths"].items():
                for method, operation in operations.items():
                    _describe_errors(path, method, operation)
        return super().openapi()


def _describe_errors(path: str, method: str, operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    cannot_occur = {
        HTTPStatus.BAD_REQUEST: "requestBody" not in operation,
        HTTPStatus.NOT_FOUND: "{" not in path,
        HTTPStatus.CONFLICT: method == "get",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "requestBody" not in operation,
        HTTPStatus.UNPROCESSABLE_ENTITY: not (operation.get("parameters") or "requestBody" in operation),
    }
    for status, cannot in cannot_occur.items():
        if cannot:
            answers.pop(str(status.value), None)
    for status, answer in answers.items():
        if status.startswith(("4", "5")):
            answer["content"] = {PROBLEM_TYPE: {"schema": {"$ref": REFERENCE.format(model=ProblemDetails.__name__)}}}
