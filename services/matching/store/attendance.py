"""Who was there on which day of a placement."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime

from services.matching.rules.attendance import Presence
from shared.database.connection import Connection

Recorded = Mapping[date, Presence]


async def record(connection: Connection, application_id: str, recorded: Recorded, recorded_at: datetime) -> None:
    """Add the attendance of some days; it replaces what was recorded for them before."""
    await connection.executemany(
        "insert into attendance (application_id, day, presence, recorded_at) values ($1, $2, $3, $4)",
        [(application_id, day, presence, recorded_at) for day, presence in recorded.items()],
    )


async def of(connection: Connection, application_ids: Collection[str]) -> dict[str, Recorded]:
    """The latest attendance of each day, by placement; placements without any are absent."""
    rows = await connection.fetch(
        """
        select distinct on (application_id, day) application_id, day, presence
        from attendance where application_id = any($1)
        order by application_id, day, id desc
        """,
        list(application_ids),
    )
    recorded: dict[str, dict[date, Presence]] = defaultdict(dict)
    for row in rows:
        recorded[row["application_id"]][row["day"]] = Presence(row["presence"])
    return dict(recorded)
