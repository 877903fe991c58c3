"""Members of staff who have opened the pages."""

from services.screening.rules.deliberation import Person
from shared.database.connection import Connection


async def remember(connection: Connection, person: Person, *, may_review: bool) -> None:
    """Keep a member of staff with their present name and rights."""
    await connection.execute(
        """
        insert into staff (staff_id, name, may_review) values ($1, $2, $3)
        on conflict (staff_id) do update set name = excluded.name, may_review = excluded.may_review
        where (staff.name, staff.may_review) is distinct from (excluded.name, excluded.may_review)
        """,
        person.id,
        person.name,
        may_review,
    )


async def reviewers(connection: Connection) -> dict[str, str]:
    """The names of all who may be assigned a project, by their ids, in order."""
    rows = await connection.fetch("select staff_id, name from staff where may_review order by name, staff_id")
    return {row["staff_id"]: row["name"] for row in rows}
