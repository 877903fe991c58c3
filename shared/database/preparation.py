"""Prepares a service's schema, its login role and its tables. Safe to repeat, also while services run."""

from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

import asyncpg

from shared.database.connection import UnsuitableDatabase
from shared.database.migration import upgrade, with_lock_retries

ROLE_TRIES = 10
"""At most so many preparations of other databases are expected to change a role at the same moment."""

RUNTIME_MIGRATIONS = Path(__file__).parent.parent / "runtime" / "migrations"


async def prepare_schema(administrator_url: str, *, service: str, url: str, migrations: Path) -> None:
    """Create a service's schema and the role of `url`, which can reach no other schema; then migrate its tables.

    Only one such call at a time works on a database; others wait. Raises `UnsuitableDatabase` and `MigrationBlocked`.
    """
    parts = urlsplit(url)
    role, password = unquote(parts.username or ""), unquote(parts.password or "")
    administrator = await asyncpg.connect(administrator_url)
    try:
        if (encoding := await administrator.fetchval("show server_encoding")) != "UTF8":
            reason = f"The database is in {encoding}, which cannot hold every name: make one with encoding 'UTF8'."
            raise UnsuitableDatabase(reason)
        await _create_role(administrator, role, password)

        async def migrate() -> None:
            async with administrator.transaction():
                await administrator.execute("select pg_advisory_xact_lock(hashtext('ninthweek: prepare'))")
                await administrator.execute(await _formatted(administrator, _SCHEMA, service, role))
                for folder, version_table in ((RUNTIME_MIGRATIONS, "runtime_version"), (migrations, "version")):
                    await upgrade(administrator, schema=service, folder=folder, version_table=version_table)

        await with_lock_retries(migrate, holders=lambda: _transactions(administrator))
    finally:
        await administrator.close()


async def _create_role(administrator: "asyncpg.Connection[asyncpg.Record]", role: str, password: str) -> None:
    """Create a login role, or set its password.

    A role belongs to the whole server: the preparation of another database may change it at the same moment, which no
    lock of this database prevents. PostgreSQL then reports an internal error, "tuple concurrently updated".
    """
    statements = await _formatted(administrator, _ROLE, role, password)
    for _ in range(ROLE_TRIES):
        with suppress(asyncpg.InternalServerError):
            await administrator.execute(statements)
            return
    await administrator.execute(statements)


async def _transactions(connection: "asyncpg.Connection[asyncpg.Record]") -> str:
    """The open transactions of this database as text, the oldest first."""
    rows = await connection.fetch(
        """
        select pid, usename, application_name, xact_start from pg_stat_activity
        where datname = current_database() and xact_start is not null and pid <> pg_backend_pid()
        order by xact_start limit 5
        """
    )
    return "; ".join(
        f"process {row['pid']} of {row['usename']} ({row['application_name'] or 'unnamed'}) "
        f"since {row['xact_start']:%H:%M:%S} UTC"
        for row in rows
    )


async def _formatted(connection: "asyncpg.Connection[asyncpg.Record]", statement: str, *values: str) -> str:
    """A statement with its values quoted by the server: data definition statements take no parameters."""
    placeholders = ", ".join(f"${number}::text" for number in range(2, len(values) + 2))
    formatted: str = await connection.fetchval(f"select format($1, {placeholders})", statement, *values)
    return formatted


_ROLE = """
do $do$ begin create role %1$I login; exception when duplicate_object then null; end $do$;
alter role %1$I login password %2$L;
"""

_SCHEMA = """
create schema if not exists %1$I;
revoke all on schema public from public;
grant usage on schema %1$I to %2$I;
alter default privileges in schema %1$I grant select, insert, update, delete, truncate on tables to %2$I;
alter default privileges in schema %1$I grant usage on sequences to %2$I;
"""
