"""The desk's SQL, as the administrator, across the schemas of all services."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncpg

    Administrator = asyncpg.Connection[asyncpg.Record]


async def oldest_waiting(
    connection: "Administrator", service: str, *, speakers: Sequence[str], types: Sequence[str]
) -> datetime | None:
    """When the oldest message was sent that a service hears and has not handled (nor kept among its failures).

    A message is known by the digest of source, id, type and body, as in `shared.contracts.envelope.identity`.
    """
    said = " union all ".join(
        f"""
        select sent_at, encode(substr(sha256(
            convert_to(headers->>'ce-source', 'UTF8') || '\\x00' || convert_to(headers->>'ce-id', 'UTF8') || '\\x00' ||
            convert_to(headers->>'ce-type', 'UTF8') || '\\x00' || body
        ), 1, 16), 'hex')::uuid as identity
        from "{speaker}".outbox where sent_at is not null and headers->>'ce-type' = any($1)
        """  # noqa: S608 - names of our own services
        for speaker in speakers
    )
    oldest: datetime | None = await connection.fetchval(
        f"""
        select min(sent_at) from ({said}) as said
        where not exists (select from "{service}".inbox where id = identity)
          and not exists (select from "{service}".failures where failures.identity = said.identity)
          and not exists (select from "{service}".suspects where id = said.identity)
        """,  # noqa: S608 - names of our own services
        list(types),
    )
    return oldest
