"""What is published and not yet handled by all its subscribers: counted, so that quiet is known and not guessed."""

import asyncio
from collections.abc import Collection, Iterable
from uuid import UUID

from shared.contracts.directory import subscribers
from shared.contracts.message import Event, type_registry
from shared.runtime.outgoing import Outgoing


class Flight:
    """Who of the services that run in this process, all of which it observes, is still to handle what.

    A message published twice is in flight once, as it is handled once.
    """

    def __init__(self, services: Collection[str]) -> None:
        self._services = frozenset(services)
        self._awaited: set[tuple[str, UUID]] = set()
        self._landed = asyncio.Event()
        self._landed.set()
        self.movements = 0
        """How many messages took off so far: unchanged between two looks, none did."""

    def expect(self, services: Iterable[str], message: UUID) -> None:
        """A message is published that these services will handle, those of them that run."""
        self._awaited.update((service, message) for service in services if service in self._services)
        self.movements += 1
        if self._awaited:
            self._landed.clear()

    def publishing(self, service: str, outgoing: Outgoing) -> None:
        """As an `Observer` is told."""
        heard_by: Iterable[str] = (service,)  # a timer, an effect, or what returns to be tried again, of whatever type
        if outgoing.exchange != service:
            message_type = type_registry[outgoing.headers["ce-type"]]
            assert issubclass(message_type, Event)  # noqa: S101 - nothing else leaves a service
            heard_by = subscribers(message_type)
        self.expect(heard_by, outgoing.identity)

    def handled(self, service: str, message: UUID) -> None:
        """As an `Observer` is told."""
        self._awaited.discard((service, message))
        if not self._awaited:
            self._landed.set()

    @property
    def is_empty(self) -> bool:
        return not self._awaited

    async def landed(self) -> None:
        """Wait until nothing is in flight: by the time that the waiter is woken, another may have taken off."""
        while self._awaited:
            await self._landed.wait()
