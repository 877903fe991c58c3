"""What reviewers do on a revision before its verdict is released: assign, score, ask each other, prepare a verdict."""

from collections.abc import Sequence
from datetime import datetime

from services.screening.rules.deliberation import Act, ActLine, SecondOpinion
from services.screening.rules.reviews import Review, Verdict
from services.screening.rules.rubric import Scoring
from shared.database.connection import Connection


async def assign(connection: Connection, project_id: str, reviewer_id: str, at: datetime) -> None:
    await connection.execute(
        """
        insert into assignments (project_id, reviewer_id, assigned_at) values ($1, $2, $3)
        on conflict (project_id) do update set
            reviewer_id = excluded.reviewer_id, assigned_at = excluded.assigned_at
        """,
        project_id,
        reviewer_id,
        at,
    )


async def unassign(connection: Connection, project_id: str) -> None:
    await connection.execute("delete from assignments where project_id = $1", project_id)


async def add_scoring(connection: Connection, review: Review, scoring: Scoring) -> None:
    await connection.execute(
        "insert into scorings (project_id, revision, reviewer_id, marks, at) values ($1, $2, $3, $4, $5)",
        review.project_id,
        review.revision,
        scoring.reviewer_id,
        {criterion: mark.model_dump() for criterion, mark in scoring.marks.items()},
        scoring.at,
    )


async def ask_opinion(connection: Connection, review: Review, opinion: SecondOpinion) -> None:
    await connection.execute(
        """
        insert into second_opinions (project_id, revision, asked_by, asked_of, why, at)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (project_id, revision) do update set
            asked_by = excluded.asked_by, asked_of = excluded.asked_of, why = excluded.why, at = excluded.at
        """,
        review.project_id,
        review.revision,
        opinion.asked_by_id,
        opinion.asked_of_id,
        opinion.why,
        opinion.at,
    )


async def drop_opinion(connection: Connection, review: Review) -> bool:
    """Delete the request for a second opinion; false if there was none."""
    dropped = await connection.fetchval(
        "delete from second_opinions where project_id = $1 and revision = $2 returning true",
        review.project_id,
        review.revision,
    )
    return bool(dropped)


async def prepare(
    connection: Connection, review: Review, verdict: Verdict, comments: str, *, by_id: str, at: datetime
) -> None:
    await connection.execute(
        """
        insert into prepared_verdicts (project_id, revision, verdict, comments, prepared_by, at)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (project_id, revision) do update set
            number = default, verdict = excluded.verdict, comments = excluded.comments,
            prepared_by = excluded.prepared_by, at = excluded.at
        """,
        review.project_id,
        review.revision,
        verdict,
        comments,
        by_id,
        at,
    )


async def clear(connection: Connection, of: Sequence[tuple[str, int]]) -> int:
    """Delete the verdicts prepared on these revisions; returns how many there were."""
    cleared = await connection.fetch(
        """
        delete from prepared_verdicts
        using unnest($1::text[], $2::integer[]) as gone (project_id, revision)
        where (prepared_verdicts.project_id, prepared_verdicts.revision) = (gone.project_id, gone.revision)
        returning true
        """,
        [project_id for project_id, _ in of],
        [revision for _, revision in of],
    )
    return len(cleared)


async def note(
    connection: Connection, act: Act, of: Sequence[tuple[str, int, str]], *, by_id: str, at: datetime
) -> None:
    """Record an act on each of these revisions, with its details as text."""
    await connection.executemany(
        "insert into acts (project_id, revision, act, by_id, at, words) values ($1, $2, $3, $4, $5, $6)",
        [(project_id, revision, act, by_id, at, text) for project_id, revision, text in of],
    )


async def acts(connection: Connection, project_id: str, revision: int) -> list[ActLine]:
    rows = await connection.fetch(
        """
        select act, name as by, at, words from acts join staff on staff_id = by_id
        where project_id = $1 and revision = $2 order by id
        """,
        project_id,
        revision,
    )
    return [ActLine(Act(row["act"]), row["by"], row["at"], row["words"]) for row in rows]
