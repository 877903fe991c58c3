"""Observers: called when a service of their process publishes a message and when it has handled one.

The demonstration and the tests use one to know when no message is in flight any more. A service in production has none.
"""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from shared.runtime.outgoing import Outgoing
from shared.runtime.publisher import Publish


class Observer(Protocol):
    """Called synchronously, in the same turn of the event loop, so that its counts never lag behind what happens."""

    def publishing(self, service: str, outgoing: Outgoing) -> None:
        """A service is about to publish a message. Called again if that failed and is repeated."""

    def handled(self, service: str, message: UUID) -> None:
        """A service is done with a message: handled, now or before, or stored for a retry or as a failure."""


def observed(service: str, publish: Publish, observer: Observer | None) -> Publish:
    """`publish`, with a call of the observer before: a message may already be handled when `publish` returns."""
    if observer is None:
        return publish

    async def publish_observed(rows: Sequence[Outgoing]) -> list[BaseException | None]:
        for row in rows:
            observer.publishing(service, row)
        return await publish(rows)

    return publish_observed
