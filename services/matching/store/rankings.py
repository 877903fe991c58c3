"""The hosts' rankings."""

from collections.abc import Sequence
from datetime import datetime

from services.matching.rules.rankings import Ranking
from shared.database.connection import Connection


async def current(connection: Connection, project_id: str) -> Ranking | None:
    """The ranking that counts in the round in which the project takes part now."""
    row = await connection.fetchrow(
        """
        select application_ids, received_at from rankings join current_rounds using (project_id, round_id)
        where project_id = $1 order by id desc limit 1
        """,
        project_id,
    )
    return Ranking(tuple(row["application_ids"]), row["received_at"]) if row else None


async def add(connection: Connection, project_id: str, application_ids: Sequence[str], received_at: datetime) -> None:
    """Add a ranking, which from now on is the one that counts in the project's round: who is left out has no rank."""
    await connection.execute(
        """
        insert into rankings (project_id, round_id, received_at, application_ids)
        select project_id, round_id, $2, $3 from current_rounds where project_id = $1
        """,
        project_id,
        received_at,
        application_ids,
    )
    await connection.execute(
        """
        update applications set rank = array_position($2::text[], application_id)
        from current_rounds
        where applications.project_id = $1
          and current_rounds.project_id = $1 and current_rounds.round_id = applications.round_id
        """,
        project_id,
        application_ids,
    )
