"""Rounds and the calendars they have had."""

from datetime import datetime

from asyncpg import Record

from services.intake.rules.rounds import Round
from shared.contracts.rounds import both_rounds
from shared.database.connection import Connection


async def find(connection: Connection, round_id: str) -> Round | None:
    row = await connection.fetchrow(
        "select round_id, version, calendar, applications_closed_at from rounds where round_id = $1", round_id
    )
    return round_of(row) if row else None


async def hold_both(connection: Connection, round_id: str) -> list[Round]:
    """A first round and its second, if there is one, by the first one's id.

    No other transaction can close or change them before this one ends; many may hold them at once.
    """
    rows = await connection.fetch(
        """
        select round_id, version, calendar, applications_closed_at from rounds
        where round_id = any($1) order by round_id for share
        """,
        list(both_rounds(round_id)),
    )
    return [round_of(row) for row in rows]


async def every(connection: Connection) -> list[Round]:
    rows = await connection.fetch(
        "select round_id, version, calendar, applications_closed_at from rounds order by round_id"
    )
    return [round_of(row) for row in rows]


async def keep(connection: Connection, round_: Round, *, at: datetime) -> None:
    """Put a round's calendar in force, once every transaction that holds the round has ended."""
    calendar = round_.calendar.model_dump(mode="json")
    await connection.execute(
        """
        insert into rounds (round_id, version, calendar) values ($1, $2, $3)
        on conflict (round_id) do update set version = excluded.version, calendar = excluded.calendar
        """,
        round_.round_id,
        round_.round_version,
        calendar,
    )
    await connection.execute(
        "insert into round_calendars (round_id, version, calendar, set_at) values ($1, $2, $3, $4)",
        round_.round_id,
        round_.round_version,
        calendar,
        at,
    )


async def close_applications(connection: Connection, round_id: str, *, at: datetime) -> None:
    """Take no more applications, once every transaction that holds the round has ended."""
    await connection.execute("update rounds set applications_closed_at = $2 where round_id = $1", round_id, at)


def round_of(row: Record) -> Round:
    """The round in a row with its id, version, calendar and close."""
    return Round(
        **row["calendar"],
        round_id=row["round_id"],
        round_version=row["version"],
        applications_closed_at=row["applications_closed_at"],
    )
