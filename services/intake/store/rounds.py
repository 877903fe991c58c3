"""Rounds and the calendars they have had."""

from datetime import datetime

from asyncpg import Record

from services.intake.rules.milestones import Figures, SetCalendar
from services.intake.rules.rounds import Round
from shared.contracts.intake import RoundCalendar
from shared.contracts.rounds import both_rounds, first_round
from shared.database.connection import Connection


async def find(connection: Connection, round_id: str) -> Round | None:
    row = await connection.fetchrow(
        "select round_id, version, calendar, applications_closed_at from rounds where round_id = $1", round_id
    )
    return round_of(row) if row else None


async def lock_both_shared(connection: Connection, round_id: str) -> list[Round]:
    """A first round and its second, if there is one, locked in share mode; by the id of either.

    Until this transaction ends, no other can close or change them. Many may have this lock at once.
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
    """Put a round's calendar in force. Waits for every transaction that has locked the round."""
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


async def calendars(connection: Connection, round_id: str) -> list[SetCalendar]:
    """Every calendar that the round has had, the oldest first."""
    rows = await connection.fetch(
        "select version, calendar, set_at from round_calendars where round_id = $1 order by version", round_id
    )
    return [SetCalendar(row["version"], row["set_at"], RoundCalendar(**row["calendar"])) for row in rows]


async def figures(connection: Connection, round_id: str) -> Figures:
    """The counts of a round; a second round's projects are those of its first that have places left."""
    row = await connection.fetchrow(
        """
        with own as (
            select projects.project_id, state,
                   case when $1 = $2 then (template->>'places')::integer else places_left.places end as places
            from projects
                join project_revisions using (project_id, revision)
                left join places_left using (project_id)
            where round_id = $2 and ($1 = $2 or places_left.places > 0 and state = 'approved')
        )
        select
            (select coalesce(jsonb_object_agg(state, number), '{}')
             from (select state, count(*) as number from own group by state) as counted) as projects,
            (select coalesce(sum(places), 0) from own where state = 'approved') as places,
            count(*) filter (where state in ('received', 'withdrawn')) as received,
            count(*) filter (where state = 'withdrawn') as withdrawn,
            count(*) filter (where state = 'checking') as in_check,
            count(distinct student_id) as students,
            count(distinct project_id) filter (where state = 'received') as projects_applied_for
        from applications where round_id = $1 and state <> 'refused'
        """,
        round_id,
        first_round(round_id),
    )
    assert row is not None  # noqa: S101 - it is always one row
    return Figures(**row)


async def lock_exclusively(connection: Connection, round_id: str) -> Round | None:
    """The round, locked for update. Waits for every other transaction that has locked it."""
    row = await connection.fetchrow(
        "select round_id, version, calendar, applications_closed_at from rounds where round_id = $1 for update",
        round_id,
    )
    return round_of(row) if row else None


async def close_when_decided(connection: Connection, round_id: str, closes_at: datetime) -> None:
    """Note that it is time to close, although applications that were sent before it are still to be decided."""
    await connection.execute("update rounds set closing_at = $2 where round_id = $1", round_id, closes_at)


async def lock_for_decision(connection: Connection, round_id: str) -> datetime | None:
    """The closing time of a round that waits for decisions to close, else `None`; the round is locked in share mode.

    The lock keeps the round from beginning to wait before this decision is made.
    """
    closing_at: datetime | None = await connection.fetchval(
        "select closing_at from rounds where round_id = $1 for share", round_id
    )
    return closing_at


async def close_applications(connection: Connection, round_id: str, *, at: datetime) -> None:
    """Close applications. Waits for every transaction that has locked the round."""
    await connection.execute("update rounds set applications_closed_at = $2 where round_id = $1", round_id, at)


def round_of(row: Record) -> Round:
    """The round in a row that has its id, version, calendar and close."""
    return Round(
        **row["calendar"],
        round_id=row["round_id"],
        round_version=row["version"],
        applications_closed_at=row["applications_closed_at"],
    )
