"""All SQL of the soak: what the services have published and handled, read in one snapshot as the administrator."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from ninthweek.services import NAMES
from services.matching.rules.history import RoundHistory
from services.matching.store import history_of_round
from shared.database.connection import Connection, prepare_codecs
from shared.runtime.outgoing import Outgoing

APPLICATION = "soak"
"""Under which name our own connections are known, which are not to be terminated."""

AWAY = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError, asyncpg.InternalClientError)
"""What is raised where the database is killed just then."""

LOCKABLE = ("inbox", "outbox", "unsent", "waiting")


async def connect(url: str) -> "asyncpg.Connection[asyncpg.Record]":
    connection = await asyncpg.connect(
        url, timeout=5, command_timeout=30, server_settings={"application_name": APPLICATION}
    )
    await prepare_codecs(connection)
    return connection


@dataclass(frozen=True, slots=True)
class Published:
    """A row of a service's outbox."""

    service: str
    outgoing: Outgoing


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that notifications knows of. Its id is none while it is due."""

    cause: str
    recipient: str
    template: str
    state: str
    message_id: str | None


@dataclass(frozen=True, slots=True)
class Failed:
    """A row of a service's failures."""

    service: str
    identity: UUID
    message_id: str
    error: str


class Snapshot:
    """What all services had committed at one moment."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._connection = connection

    async def published(self, known: Collection[UUID] = ()) -> list[Published]:
        """The rows of all outboxes that are not known yet, in order; timers and retries from when they were due."""
        rows = await self._each(
            "select '{service}' as service, id, identity, exchange, routing_key, headers, body, mandatory, "
            "published_at from {service}.outbox where id <> all($1)",
            list(known),
            order="published_at, id",
        )
        columns = ("id", "identity", "exchange", "routing_key", "headers", "body", "mandatory")
        return [Published(row["service"], Outgoing(**{column: row[column] for column in columns})) for row in rows]

    async def unfinished(self, programme_now: datetime) -> list[str]:
        """What services have still to publish or to do by themselves, in words."""
        rows = await self._each(
            """
            select '{service}' as service, (select count(*) from {service}.unsent) as unsent,
                (select count(*) from {service}.waiting where due_at <= $1) as timers,
                (select count(*) from {service}.waiting where retry_at is not null) as retries
            """,
            programme_now,
        )
        unfinished = [
            f"{row['service']} has {row[what]} {what}"
            for row in rows
            for what in ("unsent", "timers", "retries")
            if row[what]
        ]
        mails: int = await self._connection.fetchval("select count(*) from notifications.emails where state = 'due'")
        return [*unfinished, f"{mails} mails are due"] if mails else unfinished

    async def next_timer(self) -> datetime | None:
        rows = await self._each("select min(due_at) as due_at from {service}.waiting")
        return min((row["due_at"] for row in rows if row["due_at"] is not None), default=None)

    async def handlings(self) -> Counter[tuple[str, str]]:
        """How often each service has handled a message, by its id, in a transaction that was committed."""
        rows = await self._each("select '{service}' as service, message_id from {service}.handled_in_soak")
        return Counter((row["service"], row["message_id"]) for row in rows)

    async def handled(self, awaited: Mapping[str, Collection[UUID]]) -> list[tuple[str, UUID]]:
        """Which of these messages each service has handled, or keeps among its failures."""
        found: list[tuple[str, UUID]] = []
        for service, identities in awaited.items():
            rows = await self._connection.fetch(
                f"""
                select id from {service}.inbox where id = any($1)
                union select identity from {service}.failures where identity = any($1)
                """,
                list(identities),
            )
            found += [(service, row["id"]) for row in rows]
        return found

    async def mails(self) -> list[Mail]:
        rows = await self._connection.fetch(
            """
            select cause, recipient_kind || '/' || recipient_id as recipient, template, state, message_id
            from notifications.emails
            """
        )
        return [Mail(**row) for row in rows]

    async def failures(self) -> list[Failed]:
        rows = await self._each("select '{service}' as service, identity, message_id, error from {service}.failures")
        return [Failed(**row) for row in rows]

    async def rounds_of_matching(self) -> list[RoundHistory]:
        await self._connection.execute("set local search_path to matching")
        rows = await self._connection.fetch("select round_id from rounds")
        return [await history_of_round(self._connection, row["round_id"]) for row in rows]

    async def _each(self, query: str, *values: Any, order: str = "") -> "list[asyncpg.Record]":
        """The rows of a query of every service's schema."""
        united = " union all ".join(query.format(service=service) for service in NAMES)
        return await self._connection.fetch(united + (f" order by {order}" if order else ""), *values)


async def prepare_notes(url: str) -> None:
    """Make the table, in each service's schema, in which it notes what it handles."""
    connection = await connect(url)
    try:
        for service in NAMES:
            await connection.execute(f"create table {service}.handled_in_soak (message_id text not null)")
    finally:
        await connection.close(timeout=5)


async def note_handled(connection: Connection, message_id: str) -> None:
    """In a service's process and in the handler's transaction: a message is being handled."""
    await connection.execute("insert into handled_in_soak values ($1)", message_id)


class TermDatabase:
    """The database of a term, as its administrator; connects again after it died."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Snapshot]:
        """Raises what is in `AWAY` while the database is away."""
        if self._connection is None or self._connection.is_closed():
            self._connection = await connect(self.url)
        async with self._connection.transaction(isolation="repeatable_read", readonly=True):
            yield Snapshot(self._connection)

    async def close(self) -> None:
        if self._connection is not None and not self._connection.is_closed():
            await self._connection.close(timeout=5)


async def terminate_a_backend(url: str, luck: float) -> bool:
    """End a backend of a service; whether there was one."""
    connection = await connect(url)
    try:
        return bool(
            await connection.fetchval(
                """
                with backends as (
                    select pid, row_number() over (order by pid) - 1 as number, count(*) over () as total
                    from pg_stat_activity
                    where backend_type = 'client backend' and application_name like 'ninthweek %'
                )
                select pg_terminate_backend(pid) from backends where number = floor($1 * total)
                """,
                luck,
            )
        )
    finally:
        await connection.close(timeout=5)


async def lock_a_table(url: str, service: str, table: str, *, seconds: float) -> bool:
    """Keep everybody out of a table for a moment."""
    connection = await connect(url)
    try:
        async with connection.transaction():
            await connection.execute("set local lock_timeout = '3s'")
            await connection.execute(f"lock table {service}.{table} in access exclusive mode")
            await asyncio.sleep(seconds)
    finally:
        await connection.close(timeout=5)
    return True


async def refuse_connections(url: str, service: str) -> None:
    """Let a service open no connection, and end those that it has."""
    connection = await connect(url)
    try:
        await connection.execute(f"alter role ninthweek_{service} connection limit 0")
        await connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = $1", f"ninthweek_{service}"
        )
    finally:
        await connection.close(timeout=5)


async def allow_connections(url: str, service: str) -> None:
    """Let a service open connections again."""
    connection = await connect(url)
    try:
        await connection.execute(f"alter role ninthweek_{service} connection limit -1")
    finally:
        await connection.close(timeout=5)


async def copy_database(url: str, template: str, name: str) -> None:
    """Make a database as a copy of another one, to which nobody is connected."""
    connection = await connect(url)
    try:
        await connection.execute(f"create database {name} template {template}")
    finally:
        await connection.close(timeout=5)


async def drop_database(url: str, name: str) -> None:
    connection = await connect(url)
    try:
        await connection.execute(f"drop database if exists {name} with (force)")
    finally:
        await connection.close(timeout=5)
