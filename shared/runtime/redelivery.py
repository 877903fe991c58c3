"""Handles messages that were delivered before and never acknowledged: one may be a poison message.

A poison message is one that a process dies of. The broker delivers again all that a process had when it died, and
cannot tell which of these messages was the cause. So each of them is a suspect, and suspects are handled one at a time.
Before a process handles one it counts an attempt in the table `suspects`, and clears it afterwards. An attempt that was
never cleared is a death. After too many deaths the message is kept as a failure, and no further process dies of it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from shared.broker.topology import ServiceQueue
from shared.clock import system_time
from shared.database.connection import Pool, acquire
from shared.runtime import store
from shared.runtime.failures.failure import ProcessesDied
from shared.runtime.incoming import Received


@dataclass
class Redelivery:
    """Handles the suspects of one replica: by `handle`, or by `fail` where too many processes died of one."""

    pool: Pool
    handle: Callable[[Received], Awaitable[None]]
    fail: Callable[[Received, Exception], Awaitable[None]]
    _tried_since: dict[UUID, datetime] = field(init=False, default_factory=dict)
    """When this process began its attempt at each. An attempt may be interrupted because the database is away: when it
    is continued, it has the same moment and is not counted a second time."""
    _turns: dict[ServiceQueue, asyncio.Lock] = field(
        init=False, default_factory=lambda: {queue: asyncio.Lock() for queue in ServiceQueue}
    )
    """One suspect at a time in each queue: otherwise those handled beside a poison message would share its deaths."""

    async def handle_suspect(self, received: Received) -> None:
        """Handle a message that was delivered before, unless too many processes died of it. Raises `DatabaseAway`."""
        async with self._turns[received.incoming.queue]:
            since = self._tried_since.setdefault(received.identity, system_time())
            async with acquire(self.pool) as connection:
                deaths = await store.suspects.count_try(connection, received.identity, at=since)
            # The last process may have handled it and died only before it could acknowledge it.
            if deaths > store.suspects.MOST_DEATHS and not await self._was_handled(received):
                await self.fail(received, ProcessesDied("one process after the other died handling this message"))
            else:
                await self.handle(received)
                async with acquire(self.pool) as connection:
                    await store.suspects.clear(connection, received.identity)
            del self._tried_since[received.identity]

    async def _was_handled(self, received: Received) -> bool:
        async with acquire(self.pool) as connection:
            return await store.inbox.was_handled(connection, received.identity)
