"""Which errors mean that the database is away, and which are the user's own."""

import asyncio
from typing import Any
from unittest.mock import AsyncMock, MagicMock

import asyncpg
import pytest

from shared.database.connection import DatabaseAway, acquire


@pytest.mark.parametrize(
    "error",
    [
        ConnectionResetError(),
        asyncpg.AdminShutdownError(),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress"),
    ],
)
async def test_a_connection_that_is_lost_in_use_means_that_the_database_is_away(error: Exception) -> None:
    pool: Any = AsyncMock()
    pool.acquire.return_value = MagicMock()
    with pytest.raises(DatabaseAway):
        async with acquire(pool):
            raise error
    pool.release.assert_awaited_once()


@pytest.mark.parametrize("error", [asyncpg.UniqueViolationError(), asyncpg.DataError("a value"), KeyError("P1")])
async def test_what_the_database_or_a_handler_refuses_is_passed_on(error: Exception) -> None:
    pool: Any = AsyncMock()
    pool.acquire.return_value = MagicMock()
    with pytest.raises(type(error)):
        async with acquire(pool):
            raise error
    pool.release.assert_awaited_once()


async def test_a_connection_whose_answer_nobody_waits_for_is_ended_at_once() -> None:
    pool: Any = AsyncMock()
    pool.acquire.return_value = connection = MagicMock()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0), acquire(pool):
            await asyncio.Event().wait()
    connection.terminate.assert_called_once()
    pool.release.assert_awaited_once()
