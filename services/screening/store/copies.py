"""Copies of other services' facts; each keeps the highest version."""

from services.screening.rules.findings import Host
from shared.contracts.intake import HostRegistered, RoundScheduled
from shared.database.connection import Connection


async def keep_host(connection: Connection, event: HostRegistered) -> bool:
    """Whether it told anything new."""
    kept = await connection.fetchval(
        """
        insert into hosts (host_id, version, organisation, legal_status, sector) values ($1, $2, $3, $4, $5)
        on conflict (host_id) do update set
            version = excluded.version, organisation = excluded.organisation,
            legal_status = excluded.legal_status, sector = excluded.sector
        where hosts.version < excluded.version
        returning true
        """,
        event.host_id,
        event.host_version,
        event.organisation,
        event.legal_status,
        event.sector,
    )
    return bool(kept)


async def keep_round(connection: Connection, event: RoundScheduled) -> None:
    await connection.execute(
        """
        insert into rounds (round_id, version, name, opens_at) values ($1, $2, $3, $4)
        on conflict (round_id) do update set
            version = excluded.version, name = excluded.name, opens_at = excluded.opens_at
        where rounds.version < excluded.version
        """,
        event.round_id,
        event.round_version,
        event.name,
        event.opens_at,
    )


async def host(connection: Connection, host_id: str) -> Host | None:
    row = await connection.fetchrow(
        "select host_id, organisation, legal_status, sector from hosts where host_id = $1", host_id
    )
    return Host(**row) if row else None


async def hosts(connection: Connection) -> dict[str, str]:
    """The names of all hosts by their ids, in order."""
    rows = await connection.fetch("select host_id, organisation from hosts order by organisation, host_id")
    return {row["host_id"]: row["organisation"] for row in rows}


async def rounds(connection: Connection) -> dict[str, str]:
    """The names of all rounds by their ids, the latest first; also of one of which only projects are known yet."""
    rows = await connection.fetch(
        """
        select round_id, coalesce(rounds.name, round_id) as name
        from rounds full join (select distinct round_id from reviews) as reviewed using (round_id)
        order by rounds.opens_at desc nulls first, round_id
        """
    )
    return {row["round_id"]: row["name"] for row in rows}
