"""Hosts and students, found by address or by words, and the revocations of their links."""

from collections.abc import Sequence
from datetime import datetime

from services.notifications.rules.mails import PersonKind, Recipient
from services.notifications.rules.people import Person, Revocation
from shared.database.connection import Connection


async def at_address(connection: Connection, address: str) -> list[Recipient]:
    """All people with this address, upper or lower case: none, one, or several."""
    rows = await connection.fetch(
        "select kind, person_id from people where lower(email) = lower($1) order by kind, person_id", address
    )
    return [Recipient(row["kind"], row["person_id"]) for row in rows]


async def search(connection: Connection, words: str, *, limit: int) -> Sequence[Person]:
    """People with these words in name, organisation or address, or with this id; sorted by name."""
    rows = await connection.fetch(
        """
        select * from people
        where lower(person_id) = lower($1)
            or position(lower($1) in lower(name)) > 0
            or position(lower($1) in lower(coalesce(organisation, ''))) > 0
            or position(lower($1) in lower(email)) > 0
        order by name, kind, person_id
        limit $2
        """,
        words,
        limit,
    )
    return [Person(**row) for row in rows]


async def person(connection: Connection, kind: PersonKind, person_id: str) -> Person | None:
    row = await connection.fetchrow("select * from people where kind = $1 and person_id = $2", kind, person_id)
    return Person(**row) if row else None


async def add_revocation(connection: Connection, kind: PersonKind, person_id: str, *, by: str, at: datetime) -> None:
    await connection.execute(
        "insert into revocations (kind, person_id, revoked_at, by) values ($1, $2, $3, $4)",
        kind,
        person_id,
        at,
        by,
    )


async def revocations(connection: Connection, kind: PersonKind, person_id: str) -> list[Revocation]:
    """When the person's links were revoked and by whom, newest first."""
    rows = await connection.fetch(
        "select revoked_at, by from revocations where kind = $1 and person_id = $2 order by id desc",
        kind,
        person_id,
    )
    return [Revocation(**row) for row in rows]
