"""Copies of rounds, and which of their facts have arrived."""

from datetime import datetime

from services.matching.rules.life import State
from services.matching.rules.rounds import FactsForMatch, Round
from shared.contracts.intake import ApplicationsClosed
from shared.database.connection import Connection


async def keep(connection: Connection, round_: Round) -> bool:
    """Keep the newest version; false where this one is not newer than what is known."""
    kept = await connection.fetchval(
        """
        insert into rounds (round_id, version, offers_at, reply_within_days, waiting_list_ends_at)
        values ($1, $2, $3, $4, $5)
        on conflict (round_id) do update set
            version = excluded.version, offers_at = excluded.offers_at,
            reply_within_days = excluded.reply_within_days, waiting_list_ends_at = excluded.waiting_list_ends_at
        where rounds.version < excluded.version
        returning true
        """,
        round_.round_id,
        round_.version,
        round_.offers_at,
        round_.reply_within_days,
        round_.waiting_list_ends_at,
    )
    return bool(kept)


async def keep_closing(connection: Connection, event: ApplicationsClosed) -> None:
    await connection.execute(
        """
        insert into closings (round_id, applications_received, closed_at) values ($1, $2, $3)
        on conflict (round_id) do update set
            applications_received = excluded.applications_received, closed_at = excluded.closed_at
        where closings.closed_at < excluded.closed_at
        """,
        event.round_id,
        event.applications_received,
        event.closed_at,
    )


async def find(connection: Connection, round_id: str) -> Round | None:
    row = await connection.fetchrow("select * from rounds where round_id = $1", round_id)
    return Round(**row) if row else None


async def facts_for_match(connection: Connection, round_id: str) -> FactsForMatch:
    row = await connection.fetchrow(
        """
        select
            (select applications_received from closings where round_id = $1) as closing_count,
            count(*) as applications,
            count(*) filter (where applications.state = $2 and projects.project_id is null)
                as applications_to_unknown_projects
        from applications
        left join projects using (project_id)
        where applications.round_id = $1
        """,
        round_id,
        State.STANDING,
    )
    return FactsForMatch(**row) if row else FactsForMatch(None, 0, 0)


async def set_matched(connection: Connection, round_id: str, at: datetime) -> None:
    await connection.execute("update rounds set matched_at = $2 where round_id = $1", round_id, at)
