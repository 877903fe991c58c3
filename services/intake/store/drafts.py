"""Drafts of projects, and what hosts accepted with each revision."""

from uuid import UUID

from asyncpg import Record

from services.intake.rules.drafts import Acceptance, Draft
from shared.database.connection import Connection


async def find(connection: Connection, draft_id: UUID) -> Draft | None:
    """The draft, ended or not."""
    row = await connection.fetchrow(
        """
        select draft_id, host_id, project_id, revision, content, version, saves, acceptance, saved_at, ended
        from drafts where draft_id = $1
        """,
        draft_id,
    )
    return _draft(row) if row else None


async def written_by(connection: Connection, host_id: str, *, project_id: str | None = None) -> list[Draft]:
    """The drafts of a host that have not ended, the last saved first; of one project, if it is given."""
    rows = await connection.fetch(
        """
        select draft_id, host_id, project_id, revision, content, version, saves, acceptance, saved_at, ended
        from drafts
        where host_id = $1 and ended is null and ($2::text is null or project_id = $2)
        order by saved_at desc, draft_id
        """,
        host_id,
        project_id,
    )
    return [_draft(row) for row in rows]


async def keep(connection: Connection, draft: Draft) -> None:
    facts = draft.model_dump(mode="json", include={"content", "saves", "acceptance"})
    await connection.execute(
        """
        insert into drafts
            (draft_id, host_id, project_id, revision, content, version, saves, acceptance, saved_at, ended)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        on conflict (draft_id) do update set
            revision = excluded.revision, content = excluded.content, version = excluded.version,
            saves = excluded.saves, acceptance = excluded.acceptance, saved_at = excluded.saved_at,
            ended = excluded.ended
        """,
        draft.draft_id,
        draft.host_id,
        draft.project_id,
        draft.revision,
        facts["content"],
        draft.version,
        facts["saves"],
        facts["acceptance"],
        draft.saved_at,
        draft.ended,
    )


async def keep_acceptance(connection: Connection, draft: Draft, acceptance: Acceptance) -> None:
    """Keep the acceptance of the obligations with the revision that a draft has become."""
    await connection.execute(
        """
        insert into obligations_accepted (project_id, revision, text_version, mode, accepted_by, accepted_at)
        values ($1, $2, $3, $4, $5, $6)
        """,
        draft.project_id,
        draft.revision,
        acceptance.text_version,
        acceptance.mode,
        acceptance.by,
        acceptance.at,
    )


async def acceptance_of(connection: Connection, project_id: str, revision: int) -> Acceptance | None:
    """The acceptance of the obligations with a revision; `None` if another system sent the revision."""
    row = await connection.fetchrow(
        """
        select text_version, mode, accepted_by as by, accepted_at as at
        from obligations_accepted where project_id = $1 and revision = $2
        """,
        project_id,
        revision,
    )
    return Acceptance(**row) if row else None


def _draft(row: Record) -> Draft:
    return Draft(**row)
