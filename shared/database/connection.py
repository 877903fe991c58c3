"""Connections to PostgreSQL, and how to tell that it is away from that it refused."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeAlias

import asyncpg
from pydantic_core import from_json, to_json

if TYPE_CHECKING:
    Connection: TypeAlias = asyncpg.pool.PoolConnectionProxy[asyncpg.Record] | asyncpg.Connection[asyncpg.Record]
    Pool: TypeAlias = asyncpg.Pool[asyncpg.Record]
else:
    Connection: TypeAlias = asyncpg.pool.PoolConnectionProxy
    Pool: TypeAlias = asyncpg.Pool

ANSWERS_WITHIN = 30.0
"""Seconds for a statement; then its connection counts as lost, as one does whose other end has vanished."""

SERVER_CANCELS_LATER = 5.0
"""Seconds after which the server, too, gives up a statement: that of a process that stands still and cannot."""

TRANSACTION_ENDS_WITHIN = 300.0
"""Seconds, by PostgreSQL 17 and later; far longer than one of ours takes whose process does not stand still."""

_LOST = (
    TimeoutError,
    ConnectionError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.TransactionTimeoutError,
    asyncpg.QueryCanceledError,  # the server has given up a statement whose end this process slept through
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
    """A connection of the pool. Raises `DatabaseAway` where there is none to be had, or it is lost in the block.

    One whose answer is not waited for any longer is let go of at once: a request to cancel might never be answered
    either.
    """
    try:
        connection = await pool.acquire()
    except (OSError, TimeoutError, asyncpg.InterfaceError, *_LOST) as error:
        raise DatabaseAway from error
    try:
        yield connection
    except asyncio.CancelledError:
        _terminate(connection)
        raise
    except Exception as error:
        if not _is_loss(error, connection):
            raise
        _terminate(connection)
        if isinstance(error, TimeoutError):
            await pool.expire_connections()  # the others have most likely lost their other end too
        raise DatabaseAway from error
    finally:
        await pool.release(connection)


def _terminate(connection: Connection) -> None:
    with suppress(asyncpg.InterfaceError):  # it was lost, and the pool knows
        connection.terminate()


@asynccontextmanager
async def transaction(connection: Connection, *, locks: Sequence[int] = ()) -> AsyncIterator[None]:
    """One transaction: committed when the block ends, rolled back when it raises.

    It begins with these advisory locks, taken in the order given, in a single round trip. What those who held them
    before have committed is seen by every statement of the block.
    """
    try:
        await connection.execute(f"begin;{_TAKE_LOCKS.format(','.join(map(str, locks))) if locks else ''}")
        yield
    except Exception as error:
        if not _is_loss(error, connection):  # else it is let go of, as it is where its user is cancelled
            await connection.execute("rollback")
        raise
    await connection.execute("commit")


# The keys are whole numbers: without parameters, several statements may go together.
_TAKE_LOCKS = "select pg_advisory_xact_lock(key) from unnest('{{{0}}}'::bigint[]) as key"


def _is_loss(error: Exception, connection: Connection) -> bool:
    """An `InterfaceError` is a connection that was lost under its user; where it is still there, a bug of ours."""
    if isinstance(error, asyncpg.InterfaceError):
        return connection.is_closed()
    return isinstance(error, _LOST)


TRANSACTION_CONFLICT = (asyncpg.exceptions.SerializationError, asyncpg.exceptions.DeadlockDetectedError)
"""What is raised where two transactions were in each other's way: try the transaction again."""


_DROP_DEAD_CLIENTS = {
    "client_connection_check_interval": "5s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "25s",
}
"""So that within half a minute the server ends what a process has begun that is gone, and lets go of its locks."""


async def connect_pool(url: str, *, schema: str, size: int) -> Pool:
    """A pool of at most `size` connections that see the tables of one schema."""
    return await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=size,
        init=_prepare,
        reset=_skip_reset,
        timeout=10,
        server_settings={
            "search_path": schema,
            "application_name": f"ninthweek {schema}",
            "timezone": "UTC",
            "idle_in_transaction_session_timeout": f"{ANSWERS_WITHIN}s",
            "statement_timeout": f"{ANSWERS_WITHIN + SERVER_CANCELS_LATER}s",
            **_DROP_DEAD_CLIENTS,
        },
        command_timeout=ANSWERS_WITHIN,
    )


async def _prepare(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """A process that stands still between preparing a statement and executing it is not idle to the server.

    Only the limit of a transaction frees the locks that it holds.
    """
    await prepare_codecs(connection)
    if connection.get_server_version().major >= 17:
        await connection.execute(f"set transaction_timeout = '{TRANSACTION_ENDS_WITHIN}s'")


async def _skip_reset(_connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Nothing that a unit of work sets outlives its transaction, so a round trip to reset it would be for nothing."""


async def prepare_codecs(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Let a connection read and write `jsonb` as objects."""
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=_to_json, decoder=from_json)


def _to_json(value: Any) -> str:
    return to_json(value).decode()
