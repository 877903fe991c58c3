#!/usr/bin/env bash
# FastStream 0.7.8 (faststream[rabbit]) with aio-pika 10.2.1, Python 3.11
#
# FastStream decodes a body as JSON if the content type begins with "application/json", or if there is none. Types
# that end in "+json", as application/cloudevents+json does, stay bytes: a handler that asks for a dict gets a
# ValidationError, though the body is the same.
#
# Seen:
#   application/json: {'id': 1}
#   no content type: {'id': 1}
#   application/cloudevents+json: b'{"id": 1}'
#   application/cloudevents+json for a dict: ValidationError

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet 'faststream[rabbit]==0.7.8' aio-pika==10.2.1

"$folder/venv/bin/python" - <<'PYTHON'
import asyncio

from faststream.rabbit import RabbitBroker, TestRabbitBroker
from pydantic import ValidationError

CLOUDEVENTS = "application/cloudevents+json"

broker = RabbitBroker(logger=None)
seen = []


@broker.subscriber("anything")
async def take_anything(body):
    seen.append(body)


@broker.subscriber("dict")
async def take_dict(body: dict):
    seen.append(body)


async def main() -> None:
    async with TestRabbitBroker(broker, connect_only=False):
        for content_type in "application/json", None, CLOUDEVENTS:
            await broker.publish(b'{"id": 1}', "anything", content_type=content_type)
            print(f"{content_type or 'no content type'}: {seen[-1]}")
        assert seen == [{"id": 1}, {"id": 1}, b'{"id": 1}']

        try:
            await broker.publish(b'{"id": 1}', "dict", content_type=CLOUDEVENTS)
        except ValidationError:
            print(f"{CLOUDEVENTS} for a dict: ValidationError")
        assert len(seen) == 3


asyncio.run(main())
PYTHON
