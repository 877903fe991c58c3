"""Every SQL statement of `shared.web`: revoked and used links. The tables are in every service's schema."""

from datetime import datetime
from uuid import UUID

from shared.database.connection import Connection
from shared.web.callers import PersonKind


async def revoke_links(connection: Connection, kind: PersonKind, person_id: str, issued_before: datetime) -> None:
    await connection.execute(
        """
        insert into revoked_links (kind, person_id, issued_before) values ($1, $2, $3)
        on conflict (kind, person_id) do update
            set issued_before = greatest(revoked_links.issued_before, excluded.issued_before)
        """,
        kind,
        person_id,
        issued_before,
    )


async def is_revoked(connection: Connection, kind: PersonKind, person_id: str, issued_at: datetime) -> bool:
    """Whether a link that was issued at this moment is revoked."""
    return bool(
        await connection.fetchval(
            "select exists (select from revoked_links where kind = $1 and person_id = $2 and issued_before > $3)",
            kind,
            person_id,
            issued_at,
        )
    )


async def use_link(connection: Connection, link_id: UUID, at: datetime) -> bool:
    """Note that a link for a single use was used; false if it was used before."""
    used = await connection.fetchval(
        "insert into used_links (link_id, used_at) values ($1, $2) on conflict do nothing returning true", link_id, at
    )
    return bool(used)
