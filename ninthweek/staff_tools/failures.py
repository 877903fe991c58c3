"""The failures of all services, by names such as `matching/12`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from ninthweek.services import NAMES
from ninthweek.settings import AdministratorUrls, SettingFaulty
from shared.clock import system_time
from shared.database.connection import prepare_codecs
from shared.runtime import store
from shared.runtime.failures import decisions


async def list_failures(urls: AdministratorUrls, *, state: str) -> list[dict[str, Any]]:
    """The failures in a state (`waiting`, `retried`, `discarded`), by service, oldest first."""
    found = []
    for service in NAMES:
        async with _in(urls, service) as connection:
            rows = await store.failures.in_state(connection, state=state)
        found += [{"name": f"{service}/{row['id']}", **row} for row in rows]
    return found


async def show_failure(urls: AdministratorUrls, name: str) -> dict[str, Any]:
    """One failure, whole. Raises `SettingFaulty` where there is none of that name."""
    service, identifier = _parse(name)
    async with _in(urls, service) as connection:
        failure = await store.failures.find(connection, identifier)
    if failure is None:
        raise SettingFaulty(f"There is no failure {name}: `ninthweek failures list` names them.")
    return failure


async def decide(urls: AdministratorUrls, name: str, *, retry: bool) -> bool:
    """Retry or discard a failure; false where that was done already."""
    service, identifier = _parse(name)
    async with _in(urls, service) as connection, connection.transaction():
        if retry:
            return await decisions.retry(connection, service, identifier, at=system_time())
        return await decisions.discard(connection, identifier, at=system_time())


def _parse(name: str) -> tuple[str, int]:
    """Service and number of a name such as `matching/12`. Raises `SettingFaulty`."""
    service, _, number = name.partition("/")
    if service not in NAMES or not number.isdecimal():
        raise SettingFaulty(f"{name} is not the name of a failure, such as {NAMES[0]}/12.")
    return service, int(number)


@asynccontextmanager
async def _in(urls: AdministratorUrls, service: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(urls.database, server_settings={"search_path": service})
    try:
        await prepare_codecs(connection)
        yield connection
    finally:
        await connection.close()
