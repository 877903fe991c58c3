"""Migrations: Alembic's bookkeeping over SQL files, one version table in each schema."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from alembic import op
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool


def sql_beside(script: str) -> Callable[[], None]:
    """The upgrade of a revision whose SQL lies beside its script under the same name."""
    sql = Path(script).with_suffix(".sql").read_text()

    def upgrade() -> None:
        # SQLAlchemy prepares what it executes, and a prepared statement is a single one.
        driver: Any = op.get_bind().connection.dbapi_connection
        driver.run_async(lambda connection: connection.execute(sql))

    return upgrade


def engine(url: str) -> AsyncEngine:
    return create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1), poolclass=NullPool)


def upgrade(connection: Connection, *, schema: str, folder: Path, version_table: str) -> None:
    """Bring a schema's tables to the newest revision in a folder; what was applied before is left alone."""
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.set_main_option("version_locations", str(folder))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)

    def steps(revision: Any, _context: Any) -> Any:
        return scripts._upgrade_revs("head", revision)

    connection.execute(text(f'set search_path to "{schema}"'))
    with EnvironmentContext(config, scripts, fn=steps) as environment:
        environment.configure(
            connection=connection,
            version_table=version_table,
            version_table_schema=schema,
            transactional_ddl=True,
        )
        with environment.begin_transaction():
            environment.run_migrations()
