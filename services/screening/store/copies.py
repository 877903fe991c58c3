"""Copies of other services' facts; each keeps the highest version."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.screening.rules.findings import Host
from shared.contracts.intake import HostRegistered, RoundScheduled
from shared.database.connection import Connection

if TYPE_CHECKING:
    from asyncpg import Record


@dataclass(frozen=True, slots=True)
class Round:
    """A round, by the name that people call it."""

    round_id: str
    name: str


async def keep_host(connection: Connection, event: HostRegistered) -> None:
    await connection.execute(
        """
        insert into hosts (host_id, version, organisation, legal_status, sector) values ($1, $2, $3, $4, $5)
        on conflict (host_id) do update set
            version = excluded.version, organisation = excluded.organisation,
            legal_status = excluded.legal_status, sector = excluded.sector
        where hosts.version < excluded.version
        """,
        event.host_id,
        event.host_version,
        event.organisation,
        event.legal_status,
        event.sector,
    )


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
    return _host(row) if row else None


async def hosts(connection: Connection) -> list[Host]:
    """All hosts, by name."""
    rows = await connection.fetch(
        "select host_id, organisation, legal_status, sector from hosts order by organisation, host_id"
    )
    return [_host(row) for row in rows]


async def rounds(connection: Connection) -> Sequence[Round]:
    """All rounds, the latest first; also one of which only a project is known yet."""
    rows = await connection.fetch(
        """
        select round_id, coalesce(rounds.name, round_id) as name
        from rounds full join (select distinct round_id from reviews) as reviewed using (round_id)
        order by rounds.opens_at desc nulls first, round_id
        """
    )
    return [Round(**row) for row in rows]


def _host(row: "Record") -> Host:
    return Host(**row)
