"""Where the terms of a soak are played: services in many processes; their databases show what they have done."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from ninthweek.demonstration.api import Api
from ninthweek.demonstration.chronicle import Chronicle
from ninthweek.demonstration.outside import OutsideSystems
from ninthweek.demonstration.quiet import NeverQuiet
from shared.broker.topology import ServiceQueue
from shared.runtime.outgoing import Outgoing
from tests.soak.store import AWAY, Snapshot, TermDatabase
from tests.soak.supervisor import Supervisor
from tests.support.shared_clock import SharedClock

PAUSES = (0.02, 0.05, 0.1)
"""Seconds between looks at the databases, the last again and again."""

PATIENCE = 90.0
"""Seconds in which something must move."""


class Recording(Chronicle):
    """A chronicle that is written from the services' outboxes and inboxes."""

    @property
    def awaited(self) -> Mapping[str, list[UUID]]:
        """What each service has still to handle, of what is known to have been published."""
        by_service: defaultdict[str, list[UUID]] = defaultdict(list)
        for service, message in self._awaited:
            by_service[service].append(message)
        return by_service

    def publishing(self, service: str, outgoing: Outgoing) -> None:
        """Note a row of an outbox. An effect is not awaited, since no inbox shows it: its mail does."""
        if (outgoing.exchange, outgoing.routing_key) != (service, ServiceQueue.EFFECTS):
            super().publishing(service, outgoing)


class SoakStage:
    """A stage for one term.

    All is quiet when, in one snapshot of all schemas, nothing waits to be sent, no retry and no mail is due, no timer
    by now, and everything that was published or submitted is in the inbox (or among the failures) of every
    subscriber. Then nothing can change unless something comes from outside.
    """

    def __init__(
        self,
        database: TermDatabase,
        supervisor: Supervisor,
        clock: SharedClock,
        chronicle: Recording,
        staff: Api,
        outside: OutsideSystems,
    ) -> None:
        self._database = database
        self._supervisor = supervisor
        self._rows: set[UUID] = set()
        self.clock = clock
        self.chronicle = chronicle
        self.staff = staff
        self.outside = outside

    async def quiet(self) -> None:
        looks, moved_at, before = 0, time.monotonic(), -1
        while unfinished := await self._unfinished():
            if self.chronicle.movements != before:
                before, moved_at = self.chronicle.movements, time.monotonic()
            if time.monotonic() - moved_at > PATIENCE:
                raise NeverQuiet(f"Nothing has moved for {PATIENCE:.0f} seconds: {'; '.join(unfinished)}.")
            await asyncio.sleep(PAUSES[min(looks, len(PAUSES) - 1)])
            looks += 1

    async def next_timer(self) -> datetime | None:
        while True:
            try:
                async with self._database.snapshot() as snapshot:
                    return await snapshot.next_timer()
            except AWAY:
                await asyncio.sleep(PAUSES[-1])

    def step_to(self, moment: datetime) -> None:
        self.clock.step_to(moment)
        self._supervisor.wake()

    async def _unfinished(self) -> list[str]:
        """What is not yet published, handled or done, in words; nothing when all is quiet."""
        try:
            async with self._database.snapshot() as snapshot:
                return await self._look(snapshot)
        except AWAY as error:
            return [f"the database is away ({type(error).__name__})"]

    async def _look(self, snapshot: Snapshot) -> list[str]:
        for row in await snapshot.published(self._rows):
            self._rows.add(row.outgoing.id)
            self.chronicle.publishing(row.service, row.outgoing)
        for service, message in await snapshot.handled(self.chronicle.awaited):
            self.chronicle.handled(service, message)
        unhandled = [f"{service} has {len(them)} to handle" for service, them in self.chronicle.awaited.items()]
        return [*unhandled, *await snapshot.unfinished(self.clock())]
