"""Counts what is in flight: published, and not yet handled by all its subscribers."""

import asyncio
from collections.abc import Collection, Iterable
from uuid import UUID

from shared.contracts.directory import subscribers
from shared.contracts.message import Event, type_registry
from shared.runtime.outgoing import Outgoing


class Flight:
    """The messages that services of this process are still to handle; an observer of all of these services.

    A message that is published twice is in flight once, since it is handled once.
    """

    def __init__(self, services: Collection[str]) -> None:
        self._services = frozenset(services)
        self._awaited: set[tuple[str, UUID]] = set()
        self._emptied = asyncio.Event()
        self._emptied.set()
        self.published_count = 0
        """How many messages were published so far; where two looks find the same number, none was in between."""

    def expect(self, services: Iterable[str], message: UUID) -> None:
        """Note that a message is published, which those of these services will handle that run here."""
        self._awaited.update((service, message) for service in services if service in self._services)
        self.published_count += 1
        if self._awaited:
            self._emptied.clear()

    def publishing(self, service: str, outgoing: Outgoing) -> None:
        """Note what a service publishes: called as an `Observer` is."""
        handled_by: Iterable[str] = (service,)  # a timer, an effect or a retry, whatever its type: for itself alone
        if outgoing.exchange != service:
            message_type = type_registry[outgoing.headers["ce-type"]]
            assert issubclass(message_type, Event)  # noqa: S101 - nothing else leaves a service
            handled_by = subscribers(message_type)
        self.expect(handled_by, outgoing.identity)

    def handled(self, service: str, message: UUID) -> None:
        """Note what a service has handled: called as an `Observer` is."""
        self._awaited.discard((service, message))
        if not self._awaited:
            self._emptied.set()

    @property
    def is_empty(self) -> bool:
        return not self._awaited

    async def until_empty(self) -> None:
        """Wait until nothing is in flight."""
        while self._awaited:  # again: before the waiter is woken, another message may have been published
            await self._emptied.wait()
