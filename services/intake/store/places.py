"""What matching has published on places: how many are left for a second round, and which applications hold one."""

from shared.contracts.matching import PlacesLeft
from shared.database.connection import Connection


async def keep_left(connection: Connection, event: PlacesLeft) -> None:
    """Keep the higher count for each project: until the second round is matched, its places can only become more."""
    await connection.execute("update rounds set left_said = true where round_id = $1 and not left_said", event.round_id)
    await connection.execute(
        """
        insert into places_left (project_id, places) select * from unnest($1::text[], $2::integer[])
        on conflict (project_id) do update set places = greatest(places_left.places, excluded.places)
        """,
        [left.project_id for left in event.projects],
        [left.places for left in event.projects],
    )


async def left(connection: Connection, project_id: str) -> int | None:
    """How many places the project has for its second round; `None` until matching has published that of the round."""
    places: int | None = await connection.fetchval(
        """
        select case when rounds.left_said then coalesce(places_left.places, 0) end
        from projects join rounds using (round_id) left join places_left using (project_id)
        where project_id = $1
        """,
        project_id,
    )
    return places


async def hold(connection: Connection, application_id: str) -> None:
    """Note that an application has an offer or a placement, unless its end is noted already.

    The events may arrive in any order, the end before the beginning.
    """
    await connection.execute(
        "update applications set holds_a_place = true where application_id = $1 and holds_a_place is null",
        application_id,
    )


async def give_up(connection: Connection, application_id: str) -> None:
    await connection.execute("update applications set holds_a_place = false where application_id = $1", application_id)
