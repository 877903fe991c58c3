"""Connections to PostgreSQL, and how to tell that it is away from that it refused."""

import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from traceback import walk_tb
from typing import TYPE_CHECKING, Any, TypeAlias

import asyncpg
from pydantic_core import from_json, to_json

if TYPE_CHECKING:
    import asyncio

    Connection: TypeAlias = asyncpg.pool.PoolConnectionProxy[asyncpg.Record] | asyncpg.Connection[asyncpg.Record]
    Pool: TypeAlias = asyncpg.Pool[asyncpg.Record]
else:
    Connection: TypeAlias = asyncpg.pool.PoolConnectionProxy
    Pool: TypeAlias = asyncpg.Pool

ANSWERS_WITHIN = 60.0
"""Seconds for a statement; then the database counts as away, be it that a lock is held or that nobody listens."""

ENDS_WITHIN = 2.0
"""Seconds to end what a connection did; then it is closed without a word."""

_SILENCE = timedelta(seconds=25)
"""How long the other end of a connection may be silent before it counts as dead."""

_ASKED_AFTER = 10
_ASKED_EVERY = 5
_ASKED_TIMES = 3

# The server, too, must notice: until then the transaction of a service that is gone holds its locks.
_KEEPALIVES = {
    "tcp_keepalives_idle": str(_ASKED_AFTER),
    "tcp_keepalives_interval": str(_ASKED_EVERY),
    "tcp_keepalives_count": str(_ASKED_TIMES),
    "tcp_user_timeout": str(_SILENCE // timedelta(milliseconds=1)),
}

_LOST = (
    ConnectionError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InternalClientError,  # the server's last word is still being read from a connection that is about to close
)


class DatabaseAway(Exception):
    """The database cannot be reached, or was lost under a transaction: the same is to be tried again."""


class UnsuitableDatabase(Exception):
    """The database cannot hold what services write; the text says why, and what to do."""


class MigrationBlocked(Exception):
    """Other transactions hold what a migration needs, and do not end; the text says whose they are."""


@asynccontextmanager
async def acquire(pool: Pool) -> AsyncIterator[Connection]:
    """A connection of the pool. Raises `DatabaseAway` where there is none to be had, or it is lost in the block."""
    try:
        connection = await pool.acquire()
    except (OSError, TimeoutError, asyncpg.InterfaceError, *_LOST) as error:
        raise DatabaseAway from error
    try:
        yield connection
    except Exception as error:
        if _is_loss(error):
            raise DatabaseAway from error
        raise
    finally:
        with suppress(TimeoutError):  # then it was closed
            await pool.release(connection, timeout=ENDS_WITHIN)


@asynccontextmanager
async def transaction(connection: Connection, *, locks: Sequence[int] = ()) -> AsyncIterator[None]:
    """One transaction: committed when the block ends, rolled back when it raises.

    It begins with these advisory locks, taken in the order given, in a single round trip. What those who held them
    before have committed is seen by every statement of the block.
    """
    try:
        await connection.execute(f"begin;{_TAKE_LOCKS.format(','.join(map(str, locks))) if locks else ''}")
        yield
    except BaseException:
        if not connection.is_closed():
            await connection.execute("rollback", timeout=ENDS_WITHIN)
        raise
    await connection.execute("commit")


# The keys are whole numbers: without parameters, several statements may go together.
_TAKE_LOCKS = "select pg_advisory_xact_lock(key) from unnest('{{{0}}}'::bigint[]) as key"


def _is_loss(error: Exception) -> bool:
    """Whether the database was lost under its user.

    An `InterfaceError` is that, unless it is about a value; so is a `TimeoutError`, if it is a statement's.
    """
    if isinstance(error, TimeoutError):
        modules = (frame.f_globals.get("__name__", "") for frame, _ in walk_tb(error.__traceback__))
        return any(module.startswith("asyncpg.") for module in modules)
    if isinstance(error, asyncpg.InterfaceError):
        return not isinstance(error, ValueError)
    return isinstance(error, _LOST)


COLLISION = (asyncpg.exceptions.SerializationError, asyncpg.exceptions.DeadlockDetectedError)
"""What is raised where two transactions were in each other's way: try the transaction again."""


async def connect_pool(url: str, *, schema: str, size: int) -> Pool:
    """A pool of at most `size` connections that see the tables of one schema."""
    return await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=size,
        init=_prepare,
        reset=_leave_as_it_is,
        timeout=10,
        server_settings={
            "search_path": schema,
            "application_name": f"ninthweek {schema}",
            "timezone": "UTC",
            "idle_in_transaction_session_timeout": f"{ANSWERS_WITHIN * 1000:.0f}",
            **_KEEPALIVES,
        },
        command_timeout=ANSWERS_WITHIN,
    )


async def _prepare(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    await prepare_codecs(connection)
    transport: asyncio.Transport = connection._transport  # type: ignore[attr-defined]  # there is no other way to it
    _notice_silence(transport.get_extra_info("socket"))


def _notice_silence(connected: socket.socket) -> None:
    """Have the system end a connection over which nothing comes back: nothing else tells of a network that is gone."""
    if connected.family == socket.AF_UNIX:
        return
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if sys.platform == "linux":
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _ASKED_AFTER)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, _ASKED_EVERY)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, _ASKED_TIMES)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _SILENCE // timedelta(milliseconds=1))


async def _leave_as_it_is(_connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Nothing that a unit of work sets outlives its transaction, so a round trip to reset it would be for nothing."""


async def prepare_codecs(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Let a connection read and write `jsonb` as objects."""
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=_to_json, decoder=from_json)


def _to_json(value: Any) -> str:
    return to_json(value).decode()
