"""Who looks on while services run in its process: told what they publish and what they are done with, asked nothing.

The demonstration and the tests do, to know when all is quiet; a service that runs for its own sake has no observer.
"""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from shared.runtime.outgoing import Outgoing
from shared.runtime.publisher import Publish


class Observer(Protocol):
    """Told in the very turn of the loop, so that what it counts is never behind what happens."""

    def publishing(self, service: str, outgoing: Outgoing) -> None:
        """A service is about to publish a message; told again where that failed."""

    def handled(self, service: str, message: UUID) -> None:
        """A service is done with a message: handled, known already, put aside, or among its failures."""


def observed(service: str, publish: Publish, observer: Observer | None) -> Publish:
    """A service's `publish`, of which an observer is told first: what is published may be handled before it returns."""
    if observer is None:
        return publish

    async def publish_observed(rows: Sequence[Outgoing]) -> list[BaseException | None]:
        for row in rows:
            observer.publishing(service, row)
        return await publish(rows)

    return publish_observed
