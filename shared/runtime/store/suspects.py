"""The table `suspects`: messages that a process may have died of."""

from datetime import datetime
from uuid import UUID

from shared.database.connection import Connection

MOST_DEATHS = 2
"""Deaths that are counted here before the message becomes a failure. The first death of all is not counted: the process
had the message in a group, before it was a suspect. So the third death makes it a failure."""


async def count_try(connection: Connection, identity: UUID, *, at: datetime) -> int:
    """Count an attempt to handle a suspect; returns how many attempts were begun and never cleared, with this one.

    `at` is when the attempt began. Called again with the same moment, as when the answer was lost, it counts once.

    An attempt during which the database went down is no evidence against the message: its process was waiting for the
    database and may have been stopped for any reason. So counting starts anew if the server has started since.
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
    """Remove a message from the suspects: an attempt came to its end."""
    await connection.execute("delete from suspects where id = $1", identity)
