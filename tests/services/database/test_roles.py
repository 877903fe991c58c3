"""Each service logs in as itself, and reaches its own tables alone."""

import asyncpg
import pytest

from ninthweek.services import NAMES
from shared.database.roles import service_url

OTHERS = [(name, other) for name in NAMES for other in NAMES if name != other]


@pytest.mark.parametrize(("name", "other"), OTHERS, ids=lambda name: name)
async def test_a_service_cannot_read_the_tables_of_another(test_database_url: str, name: str, other: str) -> None:
    connection = await asyncpg.connect(service_url(test_database_url, name))
    try:
        assert await connection.fetchval(f'select count(*) from "{name}".inbox') == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetchval(f'select count(*) from "{other}".inbox')
    finally:
        await connection.close()


async def test_a_service_can_neither_change_its_tables_nor_make_any(test_database_url: str) -> None:
    connection = await asyncpg.connect(service_url(test_database_url, "matching"))
    try:
        for statement in ("drop table matching.inbox", "create table matching.t ()", "create table public.t ()"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    finally:
        await connection.close()
