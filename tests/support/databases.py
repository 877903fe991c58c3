"""Databases for tests: made once, and emptied for each test, which costs a tenth of making one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import asyncpg

from shared.contracts.directory import SERVICES
from tests.support.servers import TEMPLATE, database_url

SCHEMAS = [card.name for card in SERVICES]

Prepare = Callable[[str], Awaitable[None]]


@dataclass
class TestDatabase:
    """A database of one name on one server, migrated.

    `prepare` is called with its URL and makes the tables; without `prepare`, it is a copy of the template.
    """

    __test__ = False  # its name begins like that of a test

    server_url: str
    name: str
    prepare: Prepare | None = None
    _shape: tuple[int, ...] = field(init=False, default=())
    _filled: frozenset[str] = field(init=False, default=frozenset())

    @property
    def url(self) -> str:
        """The administrator's URL."""
        return database_url(self.server_url, self.name)

    async def empty(self) -> str:
        """Empty the database, and return its URL.

        Other connections to it are terminated. A database in which a test has defined anything is made anew.
        """
        if not self._shape:
            await self._make()
            return self.url
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(_TERMINATE_OTHERS)
            is_as_it_was = await self._shape_now(connection) == self._shape
            if is_as_it_was and (tables := await _tables_with_rows(connection) - self._filled):
                # Not truncated: to make new files for a dozen tables and their indexes takes longer than most tests.
                statements = ["set session_replication_role = replica", *(f"delete from {table}" for table in tables)]
                await connection.execute(";".join([*statements, _RESTART_SEQUENCES]))
        finally:
            await connection.close()
        if not is_as_it_was:
            await self._make()
        return self.url

    async def drop(self) -> None:
        administrator = await asyncpg.connect(self.server_url)
        await administrator.execute(f"drop database if exists {self.name} with (force)")
        await administrator.close()

    async def _make(self) -> None:
        await self.drop()
        administrator = await asyncpg.connect(self.server_url)
        await administrator.execute(f"create database {self.name}{'' if self.prepare else f' template {TEMPLATE}'}")
        await administrator.close()
        if self.prepare:
            await self.prepare(self.url)
        connection = await asyncpg.connect(self.url)
        self._shape = await self._shape_now(connection)
        self._filled = await _tables_with_rows(connection)
        await connection.close()

    @staticmethod
    async def _shape_now(connection: "asyncpg.Connection[asyncpg.Record]") -> tuple[int, ...]:
        """How much is defined: these numbers change with whatever a test defines."""
        row = await connection.fetchrow(_SHAPE)
        assert row is not None
        return tuple(row)


async def _tables_with_rows(connection: "asyncpg.Connection[asyncpg.Record]") -> frozenset[str]:
    """The tables whose file is not empty: that of a table never written to, or truncated, is."""
    return frozenset(row["name"] for row in await connection.fetch(_TABLES_WITH_ROWS, SCHEMAS))


_TERMINATE_OTHERS = """
select pg_terminate_backend(pid, 5000) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid()
"""

_SHAPE = """
select (select count(*) from pg_class where oid >= 16384),
       (select count(*) from pg_attribute where attrelid >= 16384 and not attisdropped),
       (select count(*) from pg_constraint where oid >= 16384),
       (select count(*) from pg_namespace where oid >= 16384),
       (select count(*) from pg_db_role_setting
        where setdatabase = (select oid from pg_database where datname = current_database()))
"""

_RESTART_SEQUENCES = """
select setval(format('%I.%I', schemaname, sequencename), 1, false) from pg_sequences where last_value is not null
"""

_TABLES_WITH_ROWS = """
select format('%I.%I', nspname, relname) as name
from pg_class join pg_namespace on pg_namespace.oid = relnamespace
where relkind = 'r' and nspname = any($1) and pg_relation_size(pg_class.oid) > 0
"""
