#!/usr/bin/env bash
# cloudevents 2.2.0, Python 3.11
#
# CloudEvents 1.0 gives each type of attribute one text: "true" for a boolean, Base64 for bytes. In binary mode the
# library's RabbitMQ, Kafka and HTTP bindings write what Python's str() says, so a receiver in another language
# understands neither. The library's own JSON format writes the boolean right.
#
# Seen:
#   JSON: "urgent": true
#   RabbitMQ: ce-urgent: True, ce-digest: b'\x01\x02'
#   Kafka: ce_urgent: True, ce_digest: b'\x01\x02'
#   HTTP: ce-urgent: True, ce-digest: b'\x01\x02'

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet cloudevents==2.2.0

"$folder/venv/bin/python" - <<'PYTHON'
from cloudevents.core.bindings import http, kafka, rabbitmq
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

NEEDED = {"id": "1", "source": "/placements", "type": "placement.made", "specversion": "1.0"}

json = JSONFormat().write(CloudEvent(NEEDED | {"urgent": True}, {}))
assert b'"urgent": true' in json
print('JSON: "urgent": true')

event = CloudEvent(NEEDED | {"urgent": True, "digest": b"\1\2"}, {})
kafka_headers = {name: value.decode() for name, value in kafka.to_binary(event, JSONFormat()).headers.items()}
for binding, headers, prefix in (
    ("RabbitMQ", rabbitmq.to_binary(event, JSONFormat()).headers, "ce-"),
    ("Kafka", kafka_headers, "ce_"),
    ("HTTP", http.to_binary(event, JSONFormat()).headers, "ce-"),
):
    urgent, digest = headers[f"{prefix}urgent"], headers[f"{prefix}digest"]
    print(f"{binding}: {prefix}urgent: {urgent}, {prefix}digest: {digest}")
    assert (urgent, digest) == ("True", r"b'\x01\x02'")
PYTHON
