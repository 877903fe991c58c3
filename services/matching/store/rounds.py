"""Copies of rounds, and which facts about them have arrived."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from services.matching.rules.life import State
from services.matching.rules.rounds import FactsForMatch, Round
from shared.contracts.intake import ApplicationsClosed, PlacementWeek
from shared.contracts.rounds import both_rounds, first_round, is_second_round, second_round
from shared.database.connection import Connection
from shared.database.copies import keep_newest

if TYPE_CHECKING:
    from asyncpg import Record


async def keep(connection: Connection, round_: Round) -> bool:
    """Keep the newest version; returns false if this one is not newer than the known one."""
    return await keep_newest(
        connection,
        "rounds",
        key="round_id",
        round_id=round_.round_id,
        version=round_.version,
        name=round_.name,
        opens_at=round_.opens_at,
        closes_at=round_.closes_at,
        rankings_due_at=round_.rankings_due_at,
        weeks=[week.model_dump(mode="json") for week in round_.weeks],
        offers_at=round_.offers_at,
        reply_within_days=round_.reply_within_days,
        waiting_list_ends_at=round_.waiting_list_ends_at,
    )


async def keep_closing(connection: Connection, event: ApplicationsClosed) -> None:
    await keep_newest(
        connection,
        "closings",
        key="round_id",
        by="closed_at",
        round_id=event.round_id,
        applications_received=event.applications_received,
        closed_at=event.closed_at,
    )


async def find(connection: Connection, round_id: str) -> Round | None:
    return (await of_ids(connection, [round_id])).get(round_id)


async def both(connection: Connection, round_id: str) -> list[Round]:
    """A first round and its second, by the id of either; those that are known, the first one first."""
    known = await of_ids(connection, both_rounds(round_id))
    return [known[each] for each in both_rounds(round_id) if each in known]


async def of_ids(connection: Connection, round_ids: Collection[str]) -> dict[str, Round]:
    """Those of these rounds that are known, by id."""
    rows = await connection.fetch(
        "select * from rounds where round_id = any($1)", [*round_ids, *map(second_round, round_ids)]
    )
    return {round_.round_id: round_ for round_ in _rounds(rows) if round_.round_id in round_ids}


async def every(connection: Connection) -> list[Round]:
    """All rounds, the one whose offers are due last first."""
    return _rounds(await connection.fetch("select * from rounds order by offers_at desc, round_id"))


async def facts_for_match(connection: Connection, round_id: str) -> FactsForMatch:
    row = await connection.fetchrow(
        """
        select
            (select applications_received from closings where round_id = $1) as closing_count,
            count(*) as applications,
            count(*) filter (where applications.state = $2 and projects.project_id is null)
                as applications_to_unknown_projects,
            not exists (
                select from rounds where round_id = $1 and round_id <> $3 and settled_at is null
            ) as first_is_settled,
            (
                select count(*) from applications where round_id = $3 and round_id <> $1 and state = $4
            ) as offers_of_first
        from applications
        left join projects using (project_id)
        where applications.round_id = $1
        """,
        round_id,
        State.STANDING,
        first_round(round_id),
        State.OFFERED,
    )
    return FactsForMatch(**row) if row else FactsForMatch(None, 0, 0)


async def all_arrived(connection: Connection, round_id: str) -> bool:
    """Whether applications are closed, and all that intake received have arrived here."""
    here: bool = await connection.fetchval(
        """
        select coalesce(
            (select applications_received from closings where round_id = $1)
                <= (select count(*) from applications where round_id = $1),
            false
        )
        """,
        round_id,
    )
    return here


async def set_matched(connection: Connection, round_id: str, at: datetime) -> None:
    await connection.execute("update rounds set matched_at = $2 where round_id = $1", round_id, at)


async def set_settled(connection: Connection, round_id: str, at: datetime) -> None:
    """Record that the places left for a second round were published: from now on its projects take part in it."""
    await connection.execute("update rounds set settled_at = $2 where round_id = $1", round_id, at)


def _rounds(rows: "list[Record]") -> list[Round]:
    """The rounds. A waiting list ends at the latest when the second round opens, if that is among these rows."""
    opens_at = {first_round(row["round_id"]): row["opens_at"] for row in rows if is_second_round(row["round_id"])}
    return [
        Round(
            **{
                **row,
                "weeks": tuple(PlacementWeek.model_validate(week) for week in row["weeks"]),
                "waiting_list_ends_at": min(
                    row["waiting_list_ends_at"], opens_at.get(row["round_id"], row["waiting_list_ends_at"])
                ),
            }
        )
        for row in rows
    ]
