"""A folder's SQL files are applied once each, in the order of their numbers, all of them or none."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from shared.database.migration import upgrade


@pytest.fixture
async def connection(test_database_url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(test_database_url)
    await connection.execute("create schema library")
    yield connection
    await connection.execute("drop schema library cascade")
    await connection.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "0002_titles.sql").write_text("alter table books add column title text; insert into books values (2)")
    (tmp_path / "0001_books.sql").write_text("create table books (number integer)")
    return tmp_path


async def migrate(connection: "asyncpg.Connection[asyncpg.Record]", folder: Path) -> None:
    async with connection.transaction():
        await upgrade(connection, schema="library", folder=folder, version_table="version")


async def version(connection: "asyncpg.Connection[asyncpg.Record]") -> str | None:
    number: str | None = await connection.fetchval("select version_num from library.version")
    return number


async def test_each_file_is_applied_once(connection: "asyncpg.Connection[asyncpg.Record]", folder: Path) -> None:
    for _ in range(2):
        await migrate(connection, folder)
    assert await version(connection) == "0002"
    assert [tuple(row) for row in await connection.fetch("select * from library.books")] == [(2, None)]


async def test_what_is_new_is_applied_to_what_was_there(
    connection: "asyncpg.Connection[asyncpg.Record]", folder: Path
) -> None:
    await migrate(connection, folder)
    (folder / "0003_more.sql").write_text("insert into books values (3, 'A third')")
    await migrate(connection, folder)
    assert await version(connection) == "0003"
    rows = await connection.fetch("select number from library.books order by number")
    assert [row["number"] for row in rows] == [2, 3]


async def test_of_files_that_fail_none_is_applied(
    connection: "asyncpg.Connection[asyncpg.Record]", folder: Path
) -> None:
    (folder / "0003_faulty.sql").write_text("insert into shelves values (1)")
    with pytest.raises(asyncpg.UndefinedTableError):
        await migrate(connection, folder)
    assert await connection.fetchval("select to_regclass('library.books')") is None


async def test_what_a_newer_version_has_migrated_is_left_alone(
    connection: "asyncpg.Connection[asyncpg.Record]", folder: Path
) -> None:
    (folder / "0003_newer.sql").write_text("insert into books values (3)")
    await migrate(connection, folder)
    (folder / "0003_newer.sql").unlink()
    await migrate(connection, folder)
    assert await version(connection) == "0003"
