"""The hosts' rankings, and the drafts that they have not sent yet."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from services.matching.rules.orders import Order
from services.matching.rules.rankings import Ranking
from shared.database.connection import Connection

if TYPE_CHECKING:
    from asyncpg import Record


async def current(connection: Connection, project_id: str) -> Ranking | None:
    """The ranking that counts, in the round in which the project takes part now."""
    row = await connection.fetchrow(
        """
        select rankings.* from rankings join current_rounds using (project_id, round_id)
        where project_id = $1 order by id desc limit 1
        """,
        project_id,
    )
    return _ranking(row) if row else None


async def in_round(connection: Connection, project_ids: Collection[str], round_id: str) -> dict[str, Ranking]:
    """The rankings that count in a round, by project; projects without a ranking are absent."""
    rows = await connection.fetch(
        """
        select distinct on (project_id) * from rankings where project_id = any($1) and round_id = $2
        order by project_id, id desc
        """,
        list(project_ids),
        round_id,
    )
    return {row["project_id"]: _ranking(row) for row in rows}


async def add(connection: Connection, project_id: str, order: Order, received_at: datetime) -> None:
    """Add a ranking: from now on it is the one that counts in the project's round. Those left out have no rank."""
    await connection.execute(
        """
        insert into rankings (project_id, round_id, received_at, application_ids, not_suitable)
        select project_id, round_id, $2, $3, $4 from current_rounds where project_id = $1
        """,
        project_id,
        received_at,
        order.ranked,
        dict(order.not_suitable),
    )
    await connection.execute(
        """
        update applications set rank = array_position($2::text[], application_id)
        from current_rounds
        where applications.project_id = $1
          and current_rounds.project_id = $1 and current_rounds.round_id = applications.round_id
        """,
        project_id,
        order.ranked,
    )


async def draft(connection: Connection, project_id: str, round_id: str) -> Order | None:
    """The ranking that the host has begun in a round and not sent."""
    row = await connection.fetchrow(
        "select * from ranking_drafts where project_id = $1 and round_id = $2", project_id, round_id
    )
    return Order(tuple(row["application_ids"]), row["not_suitable"]) if row else None


async def keep_draft(connection: Connection, project_id: str, round_id: str, order: Order, saved_at: datetime) -> None:
    await connection.execute(
        """
        insert into ranking_drafts (project_id, round_id, application_ids, not_suitable, saved_at)
        values ($1, $2, $3, $4, $5)
        on conflict (project_id, round_id) do update set
            application_ids = excluded.application_ids, not_suitable = excluded.not_suitable,
            saved_at = excluded.saved_at
        """,
        project_id,
        round_id,
        order.ranked,
        dict(order.not_suitable),
        saved_at,
    )


async def drop_draft(connection: Connection, project_id: str, round_id: str) -> None:
    await connection.execute("delete from ranking_drafts where project_id = $1 and round_id = $2", project_id, round_id)


async def drafts_in_round(connection: Connection, project_ids: Collection[str], round_id: str) -> set[str]:
    """Those of these projects that have a draft in a round."""
    rows = await connection.fetch(
        "select project_id from ranking_drafts where project_id = any($1) and round_id = $2",
        list(project_ids),
        round_id,
    )
    return {row["project_id"] for row in rows}


def _ranking(row: "Record") -> Ranking:
    return Ranking(tuple(row["application_ids"]), row["not_suitable"], row["received_at"])
