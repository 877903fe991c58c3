"""What a database must be before services may use it."""

import asyncio
import os
from uuid import uuid4

import asyncpg
import pytest

from ninthweek.services import migrations
from shared.database.connection import UnsuitableDatabase
from shared.database.preparation import prepare_schema
from shared.database.roles import service_url
from tests.support.servers import DATABASE, database_url


async def test_a_database_that_cannot_hold_every_name_is_refused() -> None:
    name = f"ascii_{uuid4().hex}"
    administrator = await asyncpg.connect(os.environ[DATABASE])
    await administrator.execute(f"create database {name} template template0 encoding 'SQL_ASCII' locale 'C'")
    url = database_url(os.environ[DATABASE], name)
    try:
        with pytest.raises(UnsuitableDatabase, match="SQL_ASCII, which cannot hold every name"):
            await prepare_schema(url, service="intake", url=service_url(url, "intake"), migrations=migrations("intake"))
    finally:
        await administrator.execute(f"drop database {name} with (force)")
        await administrator.close()


async def test_two_databases_of_one_server_can_be_prepared_at_once() -> None:
    """Both set the password of the same role, which belongs to the server."""
    names = [f"at_once_{uuid4().hex}" for _ in range(4)]
    administrator = await asyncpg.connect(os.environ[DATABASE])
    try:
        for name in names:
            await administrator.execute(f"create database {name}")
        urls = [database_url(os.environ[DATABASE], name) for name in names]
        await asyncio.gather(
            *(
                prepare_schema(url, service="intake", url=service_url(url, "intake"), migrations=migrations("intake"))
                for url in urls
            )
        )
    finally:
        for name in names:
            await administrator.execute(f"drop database if exists {name} with (force)")
        await administrator.close()
