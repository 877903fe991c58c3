"""Copies of other services' facts; each keeps the highest version."""

from services.screening.rules.findings import Host
from shared.contracts.intake import HostRegistered, RoundScheduled
from shared.database.connection import Connection
from shared.database.copies import keep_newest


async def keep_host(connection: Connection, event: HostRegistered) -> bool:
    """Keep a copy of a host; returns whether the event was newer than the copy."""
    return await keep_newest(
        connection,
        "hosts",
        key="host_id",
        host_id=event.host_id,
        version=event.host_version,
        organisation=event.organisation,
        legal_status=event.legal_status,
        sector=event.sector,
    )


async def keep_round(connection: Connection, event: RoundScheduled) -> None:
    await keep_newest(
        connection,
        "rounds",
        key="round_id",
        round_id=event.round_id,
        version=event.round_version,
        name=event.name,
        opens_at=event.opens_at,
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
    """The names of all rounds by their ids, the latest first.

    A round that is known only by its projects so far has its id as its name.
    """
    rows = await connection.fetch(
        """
        select round_id, coalesce(rounds.name, round_id) as name
        from rounds full join (select distinct round_id from reviews) as reviewed using (round_id)
        order by rounds.opens_at desc nulls first, round_id
        """
    )
    return {row["round_id"]: row["name"] for row in rows}
