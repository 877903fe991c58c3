"""Tracing: the W3C trace context of what is being done, carried from message to message."""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import context
from opentelemetry.propagate import extract, inject


def current_trace() -> str | None:
    """The `traceparent` of the current span, if anything is being traced."""
    carrier: dict[str, str] = {}
    inject(carrier)
    return carrier.get("traceparent")


@contextmanager
def continued(trace_parent: str | None) -> Iterator[None]:
    """Do what the block does within the trace that a message carries."""
    if trace_parent is None:
        yield
        return
    token = context.attach(extract({"traceparent": trace_parent}))
    try:
        yield
    finally:
        context.detach(token)
