"""The spans, and how they are sent. Imported only where tracing is on.

They follow OpenTelemetry's conventions for messaging, as its page on RabbitMQ has them:

- `create` (producer): a service publishes a message. This span is the creation context: the message carries it for
  ever, however often it is sent and retried.
- `send` (client): the relay published the message. A child of the creation context, and linked to it.
- `process` (consumer): the message was handled. A child of the creation context, so that one trace leads from the first
  sender to the last mail, and linked to it. In a group, each message has a span of its own.

The text of an error, a path and a subject may name people. So a span has only the class of an error, and the route of a
request.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from threading import Thread
from typing import TYPE_CHECKING

import structlog
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.semconv._incubating.attributes import cloudevents_attributes as cloud_event
from opentelemetry.semconv._incubating.attributes import messaging_attributes as messaging
from opentelemetry.semconv.attributes import error_attributes as error
from opentelemetry.semconv.attributes import http_attributes as http
from opentelemetry.semconv.attributes import network_attributes as network
from opentelemetry.semconv.attributes import server_attributes as server
from opentelemetry.trace import Link, Span, SpanKind, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AttributeValue
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.contracts.envelope import Envelope

if TYPE_CHECKING:
    from shared.runtime.outgoing import Outgoing
    from shared.telemetry import Publish

CLOSE_WITHIN = 5.0
"""Seconds that a collector may take for the last spans. Then they are given up."""

UNSEEN = {"/healthz", "/readyz", "/metrics"}
"""Paths that monitoring asks for every few seconds: they have no spans."""

Attributes = dict[str, AttributeValue]

_carrier = TraceContextTextMapPropagator()


class Spans:
    """Makes the spans of all services of this process, and sends them in batches from a thread of its own.

    Endpoint, headers, sampling and batch sizes are set by OpenTelemetry's standard environment variables.
    """

    def __init__(self) -> None:
        self._warnings = _ForwardedWarnings()
        logging.getLogger("opentelemetry").addHandler(self._warnings)
        self._processor = BatchSpanProcessor(OTLPSpanExporter())
        self._tracer = cache(self._new_tracer)

    def close(self) -> None:
        """Send the spans that are left, within `CLOSE_WITHIN`."""
        closing = Thread(target=self._processor.shutdown, daemon=True)
        closing.start()
        closing.join(CLOSE_WITHIN)
        logging.getLogger("opentelemetry").removeHandler(self._warnings)

    def created(
        self, service: str, exchange: str, routing_key: str, message_id: str, message_type: str, cause: str | None
    ) -> str | None:
        span = self._tracer(service).start_span(
            f"create {exchange}:{routing_key}",
            context=None if trace.get_current_span().get_span_context().is_valid else _context(cause),
            kind=SpanKind.PRODUCER,
            attributes=_message("create", exchange, routing_key, message_id, message_type),
        )
        span.end()
        carried: dict[str, str] = {}
        _carrier.inject(carried, trace.set_span_in_context(span))
        return carried.get("traceparent")

    def sending(self, service: str, publish: "Publish") -> "Publish":
        tracer = self._tracer(service)

        async def publish_in_spans(rows: "Sequence[Outgoing]") -> list[BaseException | None]:
            began = time.time_ns()
            answers = await publish(rows)
            for row, answer in zip(rows, answers, strict=True):
                context = _context(row.headers.get("ce-traceparent"))
                span = tracer.start_span(
                    f"send {row.exchange}:{row.routing_key}",
                    context=context,
                    kind=SpanKind.CLIENT,
                    # A failure that staff retry may never have had an id or a type.
                    attributes=_message(
                        "send",
                        row.exchange,
                        row.routing_key,
                        row.headers.get("ce-id", ""),
                        row.headers.get("ce-type", ""),
                    ),
                    links=_links(context),
                    start_time=began,
                )
                if answer is not None:
                    _note(span, answer)
                span.end()
            return answers

        return publish_in_spans

    @contextmanager
    def processing(
        self, service: str, queue: str, exchange: str, routing_key: str, envelope: Envelope
    ) -> Iterator[None]:
        context = _context(envelope.trace_parent)
        destination = f"{exchange}:{routing_key}:{queue}"
        attributes = _message("process", exchange, routing_key, envelope.id, envelope.type)
        attributes[messaging.MESSAGING_DESTINATION_NAME] = destination
        span = self._tracer(service).start_span(
            f"process {destination}", context, SpanKind.CONSUMER, attributes, _links(context)
        )
        with _current(span):
            yield

    @contextmanager
    def calling(self, service: str, name: str, protocol: str, address: str, port: int | None) -> Iterator[None]:
        attributes: Attributes = {network.NETWORK_PROTOCOL_NAME: protocol, server.SERVER_ADDRESS: address}
        if port is not None:
            attributes[server.SERVER_PORT] = port
        with _current(self._tracer(service).start_span(name, kind=SpanKind.CLIENT, attributes=attributes)):
            yield

    def serving(self, application: ASGIApp, service: str) -> ASGIApp:
        tracer = self._tracer(service)

        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or scope["path"] in UNSEEN:
                await application(scope, receive, send)
                return
            span = _request(tracer, scope)

            async def send_noted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    _answer(span, message["status"])
                await send(message)

            with _current(span):
                await application(scope, receive, send_noted)
                if route := getattr(scope.get("route"), "path", None):
                    span.update_name(f"{scope['method']} {route}")
                    span.set_attribute(http.HTTP_ROUTE, route)

        return serve

    def _new_tracer(self, service: str) -> Tracer:
        resource = Resource.create({"service.name": service, "service.namespace": "ninthweek"})
        provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        provider.add_span_processor(self._processor)
        return provider.get_tracer("ninthweek")


class _ForwardedWarnings(logging.Handler):
    """Writes OpenTelemetry's warnings to our own logs."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger().warning("spans are not sent as they should be", reason=record.getMessage())


def _message(operation: str, exchange: str, routing_key: str, message_id: str, message_type: str) -> Attributes:
    return {
        messaging.MESSAGING_SYSTEM: "rabbitmq",
        messaging.MESSAGING_OPERATION_NAME: operation,
        messaging.MESSAGING_OPERATION_TYPE: operation,
        messaging.MESSAGING_DESTINATION_NAME: f"{exchange}:{routing_key}",
        messaging.MESSAGING_RABBITMQ_DESTINATION_ROUTING_KEY: routing_key,
        messaging.MESSAGING_MESSAGE_ID: message_id,
        cloud_event.CLOUDEVENTS_EVENT_TYPE: message_type,
    }


def _request(tracer: Tracer, scope: Scope) -> Span:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    attributes: Attributes = {http.HTTP_REQUEST_METHOD: scope["method"], "url.scheme": scope["scheme"]}
    return tracer.start_span(
        scope["method"], context=_carrier.extract(headers), kind=SpanKind.SERVER, attributes=attributes
    )


def _answer(span: Span, status: int) -> None:
    span.set_attribute(http.HTTP_RESPONSE_STATUS_CODE, status)
    if status >= 500:
        span.set_attribute(error.ERROR_TYPE, str(status))
        span.set_status(StatusCode.ERROR)


def _context(trace_parent: str | None) -> Context:
    """The context that a message carries; without one, an empty context, with which a new trace begins."""
    return _carrier.extract({"traceparent": trace_parent} if trace_parent else {}, Context())


def _links(context: Context) -> list[Link]:
    creation = trace.get_current_span(context).get_span_context()
    return [Link(creation)] if creation.is_valid else []


@contextmanager
def _current(span: Span) -> Iterator[None]:
    """Make a span the current one while the block lasts, and end it afterwards."""
    try:
        with trace.use_span(span, record_exception=False, set_status_on_exception=False):
            yield
    except Exception as raised:
        _note(span, raised)
        raise
    finally:
        span.end()


def _note(span: Span, raised: BaseException) -> None:
    """Record the class of an error. Its text may name people."""
    span.set_attribute(error.ERROR_TYPE, type(raised).__qualname__)
    span.set_status(StatusCode.ERROR)
