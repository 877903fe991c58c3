"""Reviews, their histories, and withdrawals."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from services.screening.rules.findings import Finding
from services.screening.rules.reviews import KnownProject, Review, State
from shared.contracts.submissions import ProjectTemplate
from shared.database.connection import Connection
from shared.workflow import Step

if TYPE_CHECKING:
    from asyncpg import Record

_ADD_STEP: Final = """
    insert into review_steps (project_id, revision, transition, state_before, state_after, by, at, comments)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
"""


async def known_project(connection: Connection, project_id: str) -> KnownProject:
    row = await connection.fetchrow(
        """
        select
            coalesce((select max(revision) from reviews where project_id = $1), 0) as newest_revision,
            exists (select from withdrawals where project_id = $1) as withdrawn
        """,
        project_id,
    )
    return KnownProject(**row) if row else KnownProject()


async def review(connection: Connection, project_id: str, revision: int) -> Review | None:
    row = await connection.fetchrow(
        "select * from review_histories where project_id = $1 and revision = $2", project_id, revision
    )
    return review_in(row) if row else None


async def open_review(connection: Connection, project_id: str) -> Review | None:
    """The review that waits for a verdict; a project has at most one."""
    row = await connection.fetchrow(
        "select * from review_histories where project_id = $1 and state = 'open'", project_id
    )
    return review_in(row) if row else None


async def reviews_of_project(connection: Connection, project_id: str) -> list[Review]:
    """The reviews of all revisions of a project, in their order."""
    rows = await connection.fetch("select * from review_histories where project_id = $1 order by revision", project_id)
    return [review_in(row) for row in rows]


async def add_review(connection: Connection, review: Review, found: Sequence[Finding]) -> bool:
    """Add a review, what was found in it, and its history; false where the revision has one already."""
    added = await connection.fetchval(
        """
        insert into reviews (project_id, revision, round_id, host_id, project, state, opened_at, due_at, findings)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        on conflict (project_id, revision) do nothing
        returning true
        """,
        review.project_id,
        review.revision,
        review.round_id,
        review.host_id,
        review.project.model_dump(mode="json"),
        review.state,
        review.opened_at,
        review.due_at,
        [finding.model_dump(mode="json") for finding in found],
    )
    if added:
        await connection.executemany(_ADD_STEP, [_step_columns(review, step) for step in review.steps])
    return bool(added)


async def move(connection: Connection, *moved: Review) -> None:
    """Record the last step of these reviews."""
    await connection.executemany(
        "update reviews set state = $3 where project_id = $1 and revision = $2",
        [(review.project_id, review.revision, review.state) for review in moved],
    )
    await connection.executemany(_ADD_STEP, [_step_columns(review, review.steps[-1]) for review in moved])


async def add_withdrawal(connection: Connection, project_id: str, withdrawn_at: datetime) -> None:
    await connection.execute(
        "insert into withdrawals (project_id, withdrawn_at) values ($1, $2) on conflict do nothing",
        project_id,
        withdrawn_at,
    )


def _step_columns(review: Review, step: Step[State]) -> tuple[Any, ...]:
    return (
        review.project_id,
        review.revision,
        step.transition,
        step.before,
        step.after,
        step.by,
        step.at,
        step.comments,
    )


def review_in(row: "Record") -> Review:
    """The review in a row that has its history as `steps`."""
    return Review(
        project_id=row["project_id"],
        revision=row["revision"],
        round_id=row["round_id"],
        host_id=row["host_id"],
        project=ProjectTemplate.model_validate(row["project"]),
        opened_at=row["opened_at"],
        due_at=row["due_at"],
        steps=tuple(_step(step) for step in row["steps"]),
    )


def _step(columns: dict[str, Any]) -> Step[State]:
    return Step(
        transition=columns["transition"],
        before=State(columns["state_before"]) if columns["state_before"] else None,
        after=State(columns["state_after"]),
        by=columns["by"],
        at=datetime.fromisoformat(columns["at"]),
        comments=columns["comments"],
    )
