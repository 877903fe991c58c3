"""What may have cost a process its life."""

from datetime import datetime
from uuid import UUID

from shared.database.connection import Connection

MOST_DEATHS = 2
"""So many processes may die of a message alone, after the one that had it in a group: the third death fails it."""


async def count_try(connection: Connection, identity: UUID, *, at: datetime) -> int:
    """Count a try of a message that was delivered before; returns how many tries have not ended since.

    `at` is when the try began: asked again with the same, as where the answer was lost, it is counted once.
    A try during which the database died says nothing of the message: whoever made it was waiting for the database, and
    may have been ended then for any reason. So a server that began later counts anew.
    """
    deaths: int = await connection.fetchval(
        """
        insert into suspects as known (id, deaths, last_tried_at) values ($1, 1, $2)
        on conflict (id) do update set
            deaths = case
                when known.last_tried_at = excluded.last_tried_at then known.deaths
                when known.deaths <= $3 and known.last_tried_at < pg_postmaster_start_time() then 1
                else known.deaths + 1
            end,
            last_tried_at = excluded.last_tried_at
        returning deaths
        """,
        identity,
        at,
        MOST_DEATHS,
    )
    return deaths


async def clear(connection: Connection, identity: UUID) -> None:
    """Suspect a message no longer."""
    await connection.execute("delete from suspects where id = $1", identity)
