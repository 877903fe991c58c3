"""Tracing: spans by OpenTelemetry's conventions, which are sent if an endpoint is set.

The runtime calls these functions at each hop of a message. While tracing is off they do nothing, and the OpenTelemetry
library is not imported. The W3C trace context of a message is then passed on as text to the messages that it causes.
"""

import os
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

from shared.contracts.envelope import Envelope

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from shared.runtime.outgoing import Outgoing
    from shared.telemetry.spans import Spans

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
PROTOCOL = "http/protobuf"

Publish = Callable[[Sequence["Outgoing"]], Awaitable[list[BaseException | None]]]

_spans: "Spans | None" = None
_NO_SPAN = nullcontext()


def check_settings() -> None:
    """Raise `ValueError` if a setting names an endpoint or a protocol that is not supported."""
    for name in filter(os.environ.get, ENDPOINTS):
        if not os.environ[name].startswith(("http://", "https://")):
            raise ValueError(f"{name} must begin with http:// or https://, as http://collector:4318.")
    for name in filter(os.environ.get, PROTOCOLS):
        if os.environ[name] != PROTOCOL:
            raise ValueError(f"{name} must be {PROTOCOL}: collectors take it at port 4318.")


@contextmanager
def tracing() -> Iterator[None]:
    """Send spans while the block lasts, if the environment names an endpoint. The last ones are sent when it ends."""
    global _spans  # noqa: PLW0603 - a process sends its spans to one place
    if not any(map(os.environ.get, ENDPOINTS)) or os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        yield
        return
    from shared.telemetry.spans import Spans  # noqa: PLC0415 - it takes a second and 20 MB

    _spans = Spans()
    try:
        yield
    finally:
        spans, _spans = _spans, None
        spans.close()


def created(
    service: str, exchange: str, routing_key: str, message_id: str, message_type: str, cause: str | None
) -> str | None:
    """The trace context of a message that a service publishes: its own span's, or without tracing that of its cause."""
    if _spans is None:
        return cause
    return _spans.created(service, exchange, routing_key, message_id, message_type, cause)


def sending(service: str, publish: Publish) -> Publish:
    """`publish`, with a span for each message that the broker answers."""
    return publish if _spans is None else _spans.sending(service, publish)


def processing(
    service: str, queue: str, exchange: str, routing_key: str, envelope: Envelope
) -> AbstractContextManager[None]:
    """A span around the block in which a message is handled."""
    return _NO_SPAN if _spans is None else _spans.processing(service, queue, exchange, routing_key, envelope)


def calling(service: str, name: str, *, protocol: str, address: str, port: int | None) -> AbstractContextManager[None]:
    """A span around the block in which a service calls an outside server."""
    return _NO_SPAN if _spans is None else _spans.calling(service, name, protocol, address, port)


def serving(application: "ASGIApp", service: str) -> "ASGIApp":
    """`application`, with a span for each request."""
    return application if _spans is None else _spans.serving(application, service)
