"""The desk's SQL, as the administrator, across the schemas of all services."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from shared.broker.topology import EVENTS

if TYPE_CHECKING:
    import asyncpg

    Administrator = asyncpg.Connection[asyncpg.Record]


async def oldest_waiting(
    connection: "Administrator", service: str, *, speakers: Sequence[str], routing_keys: Sequence[str]
) -> datetime | None:
    """When the oldest event was said that a service hears and has not handled (nor kept among its failures)."""
    said = " union all ".join(
        f"""
        select said_at, identity from "{speaker}".outbox
        where exchange = $1 and routing_key = any($2)
          and not exists (select from "{speaker}".unsent where unsent.id = outbox.id)
        """  # noqa: S608 - names of our own services
        for speaker in speakers
    )
    oldest: datetime | None = await connection.fetchval(
        f"""
        select min(said_at) from ({said}) as said
        where not exists (select from "{service}".inbox where id = identity)
          and not exists (select from "{service}".failures where failures.identity = said.identity)
          and not exists (select from "{service}".suspects where id = said.identity)
        """,  # noqa: S608 - names of our own services
        EVENTS,
        list(routing_keys),
    )
    return oldest
