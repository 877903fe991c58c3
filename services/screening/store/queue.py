"""The queue: reviews, together with everything that reviewers did on them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from services.screening.rules.desk import Entry, Person, Prepared, SecondOpinion
from services.screening.rules.findings import Host
from services.screening.rules.reviews import State
from services.screening.rules.rubric import Scoring
from services.screening.store.reviews import review_in
from shared.database.connection import Connection

if TYPE_CHECKING:
    from asyncpg import Record

_HOST: TypeAdapter[Host | None] = TypeAdapter(Host | None)
_PREPARED: TypeAdapter[Prepared | None] = TypeAdapter(Prepared | None)
_OPINION: TypeAdapter[SecondOpinion | None] = TypeAdapter(SecondOpinion | None)
_SCORINGS: TypeAdapter[list[Scoring]] = TypeAdapter(list[Scoring])


async def entry(connection: Connection, project_id: str, revision: int) -> Entry | None:
    row = await connection.fetchrow(
        "select * from reviews_at_desk where project_id = $1 and revision = $2", project_id, revision
    )
    return _entry(row) if row else None


async def entries(connection: Connection, state: State | None, round_id: str | None) -> list[Entry]:
    """The reviews in a state and of a round, or in any and of all; the oldest first."""
    rows = await connection.fetch(
        """
        select * from reviews_at_desk
        where ($1::text is null or state = $1) and ($2::text is null or round_id = $2)
        order by opened_at, project_id, revision
        """,
        state,
        round_id,
    )
    return [_entry(row) for row in rows]


async def entries_of_project(connection: Connection, project_id: str) -> list[Entry]:
    """The reviews of all its revisions, in their order."""
    rows = await connection.fetch("select * from reviews_at_desk where project_id = $1 order by revision", project_id)
    return [_entry(row) for row in rows]


async def prepared(connection: Connection, round_id: str | None) -> list[Entry]:
    """The revisions of a round, or of all, for which a verdict is prepared; the oldest first."""
    rows = await connection.fetch(
        """
        select * from reviews_at_desk
        where prepared is not null and ($1::text is null or round_id = $1)
        order by opened_at, project_id, revision
        """,
        round_id,
    )
    return [_entry(row) for row in rows]


async def of_projects(connection: Connection, project_ids: Iterable[str]) -> dict[tuple[str, int], Entry]:
    """All revisions of these projects, by project and revision."""
    rows = await connection.fetch("select * from reviews_at_desk where project_id = any($1)", list(set(project_ids)))
    return {found.key: found for found in map(_entry, rows)}


def _entry(row: "Record") -> Entry:
    return Entry(
        review=review_in(row),
        host=_HOST.validate_python(row["host"]),
        round_name=row["round_name"],
        reviewer=Person(row["reviewer_id"], row["reviewer"]) if row["reviewer_id"] else None,
        prepared=_PREPARED.validate_python(row["prepared"]),
        opinion=_OPINION.validate_python(row["opinion"]),
        scorings=_SCORINGS.validate_python(row["scorings"]),
    )
