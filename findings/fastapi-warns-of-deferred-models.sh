#!/usr/bin/env bash
# FastAPI 0.165.0 with pydantic 2.14.3, Python 3.11
#
# FastAPI annotates the model of a body with settings of its own, of which pydantic would warn, and silences the warning
# while it makes the route. A model with `defer_build=True` is not built then, but when it is first needed: at the first
# request, or when the OpenAPI document is made. Nothing is silenced there, and pydantic tells whoever runs the service
# that an alias "has no effect", though nobody has set one and nothing is wrong.
#
# Seen:
#   built at once: 200, warnings: []
#   deferred: 200, warnings: ['UnsupportedFieldAttributeWarning']

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet fastapi==0.165.0 pydantic==2.14.3

"$folder/venv/bin/python" - <<'PYTHON'
import asyncio
import warnings

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict


class Place(BaseModel):
    name: str


class DeferredPlace(BaseModel):
    model_config = ConfigDict(defer_build=True)

    name: str


async def ask(app: FastAPI, body: bytes) -> int:
    """The status of the answer to a POST of JSON to `/`."""
    answers = []

    async def receive() -> dict:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict) -> None:
        answers.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/", "raw_path": b"/", "root_path": "", "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
    }
    await app(scope, receive, send)
    return answers[0]["status"]


def warned(model: type[BaseModel]) -> tuple[int, list[str]]:
    """What a route with this model as its body answers, and which warnings come with the first request."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        app = FastAPI()

        @app.post("/")
        async def keep(place: model) -> None: ...

        status = asyncio.run(ask(app, b'{"name": "Oxford"}'))
    return status, [type(each.message).__name__ for each in caught]


for name, model, expected in (
    ("built at once", Place, []),
    ("deferred", DeferredPlace, ["UnsupportedFieldAttributeWarning"]),
):
    status, seen = warned(model)
    print(f"{name}: {status}, warnings: {seen}")
    assert (status, seen) == (200, expected)
PYTHON
