"""What staff decide on a round's match before it goes out, and the match that went out."""

from services.matching.rules.policies import Policy
from services.matching.rules.release import Release, Setting
from shared.database.connection import Connection


async def setting(connection: Connection, round_id: str) -> Setting:
    """The last decision on a round's match; the default if nobody decided."""
    row = await connection.fetchrow(
        """
        select policy, held, by, at, comments from match_settings
        where round_id = $1 order by id desc limit 1
        """,
        round_id,
    )
    return Setting(**{**row, "policy": Policy(row["policy"])}) if row else Setting()


async def add_setting(connection: Connection, round_id: str, decided: Setting) -> None:
    await connection.execute(
        "insert into match_settings (round_id, policy, held, by, at, comments) values ($1, $2, $3, $4, $5, $6)",
        round_id,
        decided.policy,
        decided.held,
        decided.by,
        decided.at,
        decided.comments,
    )


async def release(connection: Connection, round_id: str) -> Release | None:
    """The match of a round that went out; none before."""
    row = await connection.fetchrow("select * from releases where round_id = $1", round_id)
    if row is None:
        return None
    places = dict(zip(row["project_ids"], row["places"], strict=True))
    return Release(Policy(row["policy"]), row["by"], row["at"], row["stood"], places)


async def add_release(connection: Connection, round_id: str, released: Release) -> None:
    await connection.execute(
        """
        insert into releases (round_id, policy, by, at, stood, project_ids, places)
        values ($1, $2, $3, $4, $5, $6, $7)
        """,
        round_id,
        released.policy,
        released.by,
        released.at,
        released.stood,
        list(released.places.keys()),
        list(released.places.values()),
    )
