#!/usr/bin/env bash
# opentelemetry-sdk and opentelemetry-exporter-otlp-proto-http 1.45.2, Python 3.11
#
# A refused connection is tried again and again while the provider shuts down. A process whose collector is away stays
# for 7 seconds for a single span. With a full queue each batch is given up by itself, until shutdown() stops waiting at
# 30 seconds, when Kubernetes kills. Neither the provider's nor the processor's shutdown() takes a time limit.
#
# Seen (the pauses between tries are random by a fifth):
#   1 span: shutdown() took 6.9 s
#   2000 spans: shutdown() took 28.3 s

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet opentelemetry-sdk==1.45.2 opentelemetry-exporter-otlp-proto-http==1.45.2

"$folder/venv/bin/python" - <<'PYTHON'
import logging
import socket
import time

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

logging.disable(logging.CRITICAL)
with socket.socket() as unused:
    unused.bind(("127.0.0.1", 0))
    collector = f"http://127.0.0.1:{unused.getsockname()[1]}/v1/traces"


def shutdown_seconds(spans: int) -> float:
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(collector)))
    for _ in range(spans):
        provider.get_tracer("finding").start_span("work").end()
    started = time.monotonic()
    provider.shutdown()
    taken = time.monotonic() - started
    print(f"{spans} span{'s' * (spans > 1)}: shutdown() took {taken:.1f} s")
    return taken


assert shutdown_seconds(1) > 3
assert shutdown_seconds(2000) > 15
PYTHON
