"""The hosts' rankings."""

from collections.abc import Sequence
from datetime import datetime

from services.matching.rules.rankings import Ranking
from shared.database.connection import Connection


async def current(connection: Connection, project_id: str) -> Ranking | None:
    row = await connection.fetchrow(
        "select application_ids, received_at from rankings where project_id = $1 order by id desc limit 1", project_id
    )
    return Ranking(tuple(row["application_ids"]), row["received_at"]) if row else None


async def add(connection: Connection, project_id: str, application_ids: Sequence[str], received_at: datetime) -> None:
    """Add a ranking, which from now on is the one that counts: whoever it leaves out has no rank."""
    await connection.execute(
        "insert into rankings (project_id, received_at, application_ids) values ($1, $2, $3)",
        project_id,
        received_at,
        application_ids,
    )
    await connection.execute(
        "update applications set rank = array_position($2::text[], application_id) where project_id = $1",
        project_id,
        application_ids,
    )
