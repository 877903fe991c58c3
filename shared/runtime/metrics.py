"""A service's metrics, for Prometheus."""

from functools import cache

from prometheus_client import CollectorRegistry, Counter, Histogram


class Metrics:
    """The metrics of one service. Several services of a process share a registry."""

    def __init__(self, service: str, registry: CollectorRegistry) -> None:
        messages, published, seconds = _instruments(registry)
        self.handled = messages.labels(service, "handled")
        self.known = messages.labels(service, "known")
        self.waits = messages.labels(service, "waits")
        self.retried = messages.labels(service, "retried")
        self.failed = messages.labels(service, "failed")
        self.sent = published.labels(service, "sent")
        self.returned = published.labels(service, "returned")
        self.transaction_seconds = seconds.labels(service)


@cache
def _instruments(registry: CollectorRegistry) -> tuple[Counter, Counter, Histogram]:
    return (
        Counter("ninthweek_messages", "Messages by what became of them.", ["service", "outcome"], registry=registry),
        Counter("ninthweek_published", "Messages by the broker's answer.", ["service", "outcome"], registry=registry),
        Histogram(
            "ninthweek_transaction_seconds", "How long a group's transaction takes.", ["service"], registry=registry
        ),
    )
