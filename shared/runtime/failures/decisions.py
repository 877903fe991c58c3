"""What staff decide on a failed message."""

from datetime import datetime

from shared.database.connection import Connection
from shared.runtime import store
from shared.runtime.incoming import Incoming


async def retry(connection: Connection, service: str, identifier: int, *, at: datetime) -> bool:
    """Send a failure back to this service alone, with all its tries before it; false where that was done already.

    Also one that was discarded by mistake. It waits among the service's own retries: its relay finds it, and its inbox
    sees to it that it is handled once.
    """
    failure = await store.failures.find(connection, identifier)
    if failure is None or not await store.failures.retried(connection, identifier, at=at):
        return False
    await store.suspects.clear(connection, failure["identity"])
    incoming = Incoming(
        queue=failure["queue"],
        exchange=failure["exchange"],
        routing_key=failure["routing_key"],
        headers={name: value for name, value in failure["headers"].items() if name.startswith("ce-")},
        body=failure["body"],
    )
    retried = incoming.as_retry(service, failure["identity"], attempts=0, waits=0, at=at)
    await store.waiting.add(connection, [retried], published_at=at)
    return True


async def discard(connection: Connection, identifier: int, *, at: datetime) -> bool:
    """Set a waiting failure aside; whether it was waiting. It stays in the table."""
    return await store.failures.discarded(connection, identifier, at=at)
