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


async def send_again(
    connection: "Administrator",
    speaker: str,
    hearer: str,
    *,
    exchange: str,
    routing_keys: Sequence[str],
    said_between: tuple[datetime, datetime],
    now: datetime,
) -> int:
    """Have a speaker's relay send what the broker confirmed and a hearer has neither handled nor kept; how many."""
    status = await connection.execute(
        f"""
        insert into "{speaker}".unsent (id, slot, look_at)
        select id, slot, $5 from "{speaker}".outbox as said
        where exchange = $1 and routing_key = any($2) and said_at between $3 and $4
          and not exists (select from "{hearer}".inbox where id = said.identity)
          and not exists (select from "{hearer}".waiting where waiting.identity = said.identity)
          and not exists (select from "{hearer}".suspects where id = said.identity)
          and not exists (
              select from "{hearer}".failures where failures.identity = said.identity and state <> 'retried'
          )
        on conflict (id) do nothing
        """,  # noqa: S608 - names of our own services
        exchange,
        list(routing_keys),
        *said_between,
        now,
    )
    return int(status.rpartition(" ")[2])
