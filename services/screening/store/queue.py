"""The queue: reviews, with everything that reviewers did on them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from services.screening.rules.deliberation import Entry, Person, Prepared, SecondOpinion, opinion_missing
from services.screening.rules.findings import SERIOUS, Finding, Host
from services.screening.rules.queue import Counts, Filters, Whose
from services.screening.rules.reviews import State
from services.screening.rules.rubric import Scoring
from services.screening.store.reviews import review_in
from shared.database.connection import Connection

if TYPE_CHECKING:
    from asyncpg import Record

Key = tuple[str, int]
"""A project and its revision."""

_HOST: TypeAdapter[Host | None] = TypeAdapter(Host | None)
_PREPARED: TypeAdapter[Prepared | None] = TypeAdapter(Prepared | None)
_OPINION: TypeAdapter[SecondOpinion | None] = TypeAdapter(SecondOpinion | None)
_SCORINGS: TypeAdapter[list[Scoring]] = TypeAdapter(list[Scoring])
_FOUND: TypeAdapter[list[Finding] | None] = TypeAdapter(list[Finding] | None)


async def entry(connection: Connection, project_id: str, revision: int) -> Entry | None:
    row = await connection.fetchrow(
        "select * from reviews_in_queue where project_id = $1 and revision = $2", project_id, revision
    )
    return _entry(row) if row else None


async def entries(connection: Connection, state: State | None, round_id: str | None) -> list[Entry]:
    """The reviews in a state and of a round, where these are given; the oldest first."""
    rows = await connection.fetch(
        """
        select * from reviews_in_queue
        where ($1::text is null or state = $1) and ($2::text is null or round_id = $2)
        order by opened_at, project_id, revision
        """,
        state,
        round_id,
    )
    return [_entry(row) for row in rows]


async def page(
    connection: Connection, filters: Filters, number: int, *, size: int, viewer_id: str, now: datetime
) -> tuple[list[Entry], int]:
    """A page of the entries that pass the filters, and how many there are in all.

    The first page is 1; any number after the last page gives the last page. Findings must be up to date.
    """
    rows = await connection.fetch(
        """
        with wanted as (
            select
                project_id,
                revision,
                opened_at,
                due_at,
                findings,
                lower(coalesce(organisation, host_id)) as organisation
            from reviews
            left join hosts using (host_id)
            left join assignments using (project_id)
            where ($1::text is null or state = $1)
              and ($2::text is null or round_id = $2)
              and ($3::text is null or findings @> jsonb_build_array(jsonb_build_object('kind', $3)))
              and ($4::text is null or reviewer_id = $4)
              and not ($5 and reviewer_id is not null)
              and ($6::timestamptz is null or (state = 'open' and due_at <= $6))
        ),
        counted as (select count(*) as found from wanted),
        shown as (
            select
                project_id,
                revision,
                row_number() over (
                    order by
                        case when $7 = 'findings' then (
                            select count(distinct finding ->> 'kind') from jsonb_array_elements(findings) as finding
                            where finding ->> 'kind' = any($8)
                        ) end desc,
                        case when $7 = 'findings' then jsonb_array_length(findings) end desc,
                        case when $7 = 'due' then due_at end,
                        case when $7 = 'organisation' then organisation end,
                        opened_at,
                        project_id,
                        revision
                ) as place
            from wanted
            order by place
            limit $9 offset $9 * (select least($10, greatest(found - 1, 0) / $9) from counted)
        )
        select reviews_in_queue.*, found
        from shown join reviews_in_queue using (project_id, revision) cross join counted
        order by place
        """,
        filters.state,
        filters.round_id,
        filters.kind,
        viewer_id if filters.whose is Whose.MINE else None,
        filters.whose is Whose.UNASSIGNED,
        now if filters.overdue else None,
        filters.order,
        list(SERIOUS),
        size,
        number - 1,
    )
    return [_entry(row) for row in rows], rows[0]["found"] if rows else 0


async def counts(connection: Connection, round_id: str | None, *, now: datetime) -> Counts:
    """The counts of the reviews that wait for a verdict, in a round or in all."""
    counted = await connection.fetch(
        """
        select count(*) as waiting, count(*) filter (where due_at <= $2) as overdue, count(verdict) as prepared
        from reviews left join prepared_verdicts using (project_id, revision)
        where state = 'open' and ($1::text is null or round_id = $1)
        """,
        round_id,
        now,
    )
    asked_for = await connection.fetch(
        """
        select opinion, scorings, prepared
        from second_opinions join reviews_at_desk using (project_id, revision)
        where state = 'open' and ($1::text is null or round_id = $1)
        """,
        round_id,
    )
    need_opinion = sum(opinion_missing(*_opinion(each)) is not None for each in asked_for)
    return Counts(**counted[0], need_opinion=need_opinion)


async def entries_of_project(connection: Connection, project_id: str) -> list[Entry]:
    """The reviews of all revisions of a project, in their order."""
    rows = await connection.fetch("select * from reviews_in_queue where project_id = $1 order by revision", project_id)
    return [_entry(row) for row in rows]


async def prepared(connection: Connection, round_id: str | None) -> tuple[list[Key], list[Key]]:
    """The revisions whose prepared verdict can be released, and those whose cannot, in a round or in all.

    The oldest come first.
    """
    rows = await connection.fetch(
        """
        select project_id, revision, state, opinion, scorings, prepared
        from prepared_verdicts join reviews_at_desk using (project_id, revision)
        where $1::text is null or round_id = $1
        order by opened_at, project_id, revision
        """,
        round_id,
    )
    ready: list[Key] = []
    held: list[Key] = []
    for row in rows:
        goes = row["state"] == State.OPEN and not opinion_missing(*_opinion(row))
        (ready if goes else held).append((row["project_id"], row["revision"]))
    return ready, held


async def of_revisions(connection: Connection, keys: Collection[Key]) -> dict[Key, Entry]:
    """The entries of these revisions, the oldest first; a revision that was not submitted has none."""
    rows = await connection.fetch(
        """
        select reviews_in_queue.*
        from unnest($1::text[], $2::integer[]) as wanted (project_id, revision)
        join reviews_in_queue using (project_id, revision)
        order by opened_at, project_id, revision
        """,
        [project_id for project_id, _ in keys],
        [revision for _, revision in keys],
    )
    return {found.key: found for found in map(_entry, rows)}


def _entry(row: "Record") -> Entry:
    opinion, scorings, prepared = _opinion(row)
    return Entry(
        review=review_in(row),
        host=_HOST.validate_python(row["host"]),
        round_name=row["round_name"],
        reviewer=Person(row["reviewer_id"], row["reviewer"]) if row["reviewer_id"] else None,
        prepared=prepared,
        opinion=opinion,
        scorings=scorings,
        found=_FOUND.validate_python(row["findings"]),
    )


def _opinion(row: "Record") -> tuple[SecondOpinion | None, Sequence[Scoring], Prepared | None]:
    """The requested second opinion, the scores and the prepared verdict: the arguments of `opinion_missing`."""
    return (
        _OPINION.validate_python(row["opinion"]),
        _SCORINGS.validate_python(row["scorings"]),
        _PREPARED.validate_python(row["prepared"]),
    )
