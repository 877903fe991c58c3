"""Messages that were delivered before and never acknowledged: a process may have died of one of them.

The broker delivers again whatever a process had when it ended, and cannot tell which of it the process died of. So
these are handled one at a time, and each process notes that it tries one before it does. A try that a process did not
live to clear is a death; after too many of them the message is a failure, and takes no further process with it.
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
    """Handles suspects of one replica: by `handle`, or where too many processes died of one, by `fail`."""

    pool: Pool
    handle: Callable[[Received], Awaitable[None]]
    fail: Callable[[Received, Exception], Awaitable[None]]
    _tried_since: dict[UUID, datetime] = field(init=False, default_factory=dict)
    """When this process began to try each: kept while the database is away, so that the same try is counted once."""
    _turns: dict[ServiceQueue, asyncio.Lock] = field(
        init=False, default_factory=lambda: {queue: asyncio.Lock() for queue in ServiceQueue}
    )
    """One at a time in each queue, or those beside a deadly one would count its deaths as theirs."""

    async def handle_suspect(self, received: Received) -> None:
        """Handle a message, unless too many processes died of it. Raises `DatabaseAway`."""
        async with self._turns[received.incoming.queue]:
            since = self._tried_since.setdefault(received.identity, system_time())
            async with acquire(self.pool) as connection:
                deaths = await store.suspects.count_try(connection, received.identity, at=since)
            # It may have been handled after all, by a process that died only before it could acknowledge that.
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
