"""What staff decide on a failed message."""

from datetime import datetime

from shared.database.connection import Connection
from shared.runtime import store
from shared.runtime.incoming import Incoming


async def retry(connection: Connection, service: str, identifier: int, *, at: datetime) -> bool:
    """Send a failure back to its service alone, with all its attempts anew; false if it was sent back already.

    A failure that was discarded by mistake can be retried too. It is stored among the service's own retries, where the
    relay finds it. The inbox makes sure that the message is handled once.
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
    outgoing = incoming.as_retry(service, failure["identity"], attempts=0, waits=0, at=at)
    await store.waiting.add(connection, [outgoing], published_at=at)
    return True


async def discard(connection: Connection, identifier: int, *, at: datetime) -> bool:
    """Discard a waiting failure; false if it was not waiting. Its row is kept."""
    return await store.failures.discarded(connection, identifier, at=at)
