"""SQL of the staff tools: they read and write the schemas of all services, as the administrator."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from shared.broker.topology import EVENTS

if TYPE_CHECKING:
    import asyncpg

    Administrator = asyncpg.Connection[asyncpg.Record]


async def oldest_waiting(
    connection: "Administrator", service: str, *, publishers: Sequence[str], routing_keys: Sequence[str]
) -> datetime | None:
    """When the oldest event was published that a service has not handled; its failures and suspects do not count."""
    published = " union all ".join(
        f"""
        select published_at, identity from "{publisher}".outbox
        where exchange = $1 and routing_key = any($2)
          and not exists (select from "{publisher}".unsent where unsent.id = outbox.id)
        """  # noqa: S608 - names of our own services
        for publisher in publishers
    )
    oldest: datetime | None = await connection.fetchval(
        f"""
        select min(published_at) from ({published}) as published
        where not exists (select from "{service}".inbox where id = identity)
          and not exists (select from "{service}".failures where failures.identity = published.identity)
          and not exists (select from "{service}".suspects where id = published.identity)
        """,  # noqa: S608 - names of our own services
        EVENTS,
        list(routing_keys),
    )
    return oldest


async def send_again(
    connection: "Administrator",
    publisher: str,
    subscriber: str,
    *,
    exchange: str,
    routing_keys: Sequence[str],
    published_between: tuple[datetime, datetime],
    now: datetime,
) -> int:
    """Have a publisher's relay send again what a subscriber has neither handled nor kept; returns how many messages."""
    status = await connection.execute(
        f"""
        insert into "{publisher}".unsent (id, slot, look_at)
        select id, slot, $5 from "{publisher}".outbox as published
        where exchange = $1 and routing_key = any($2) and published_at between $3 and $4
          and not exists (select from "{subscriber}".inbox where id = published.identity)
          and not exists (select from "{subscriber}".waiting where waiting.identity = published.identity)
          and not exists (select from "{subscriber}".suspects where id = published.identity)
          and not exists (
              select from "{subscriber}".failures where failures.identity = published.identity and state <> 'retried'
          )
        on conflict (id) do nothing
        """,  # noqa: S608 - names of our own services
        exchange,
        list(routing_keys),
        *published_between,
        now,
    )
    return int(status.rpartition(" ")[2])
