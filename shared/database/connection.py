"""Connections to PostgreSQL, and which errors mean that it is away and not that a statement is wrong."""

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
"""Seconds that a statement may take. Then its connection counts as lost: its other end may be unreachable."""

SERVER_CANCELS_LATER = 5.0
"""Seconds after which the server cancels a statement too, in case its process is suspended and cannot give it up."""

TRANSACTION_ENDS_WITHIN = 300.0
"""Seconds, by PostgreSQL 17 and later. Only a suspended process has a transaction open for nearly so long."""

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
    asyncpg.QueryCanceledError,  # the server cancelled a statement while this process was suspended
    asyncpg.InternalClientError,  # the connection is about to close, and its last answer is still being read
)


class DatabaseAway(Exception):
    """The database cannot be reached, or was lost during a transaction: try the same again once it is back."""


class UnsuitableDatabase(Exception):
    """The database cannot store what services write; the text says why, and what to do."""


class MigrationBlocked(Exception):
    """Other transactions hold locks that a migration needs, and do not end; the text says whose they are."""


@asynccontextmanager
async def acquire(pool: Pool) -> AsyncIterator[Connection]:
    """A connection of the pool. Raises `DatabaseAway` where none can be had, or where it is lost in the block.

    Where the block is cancelled while it waits for an answer, the connection is terminated at once. A request to cancel
    the statement might never be answered either.
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
            await pool.expire_connections()  # most likely the others do not reach the server any more either
        raise DatabaseAway from error
    finally:
        await pool.release(connection)


def _terminate(connection: Connection) -> None:
    with suppress(asyncpg.InterfaceError):  # it was lost, and the pool has taken it back already
        connection.terminate()


@asynccontextmanager
async def transaction(connection: Connection, *, locks: Sequence[int] = ()) -> AsyncIterator[None]:
    """One transaction: committed when the block ends, rolled back when it raises.

    The advisory locks are taken in the order given, in the round trip that begins the transaction. So every statement
    of the block sees what those who held the locks before have committed.
    """
    try:
        await connection.execute(f"begin;{_TAKE_LOCKS.format(','.join(map(str, locks))) if locks else ''}")
        yield
    except Exception as error:
        if not _is_loss(error, connection):  # a lost connection is terminated by `acquire`, as after a cancellation
            await connection.execute("rollback")
        raise
    await connection.execute("commit")


# Several statements can be sent together only without parameters. The keys are integers, so they need no quoting.
_TAKE_LOCKS = "select pg_advisory_xact_lock(key) from unnest('{{{0}}}'::bigint[]) as key"


def _is_loss(error: Exception, connection: Connection) -> bool:
    """Whether an error means that the connection was lost.

    asyncpg raises `InterfaceError` when a lost connection is used. On an open one it is a bug of ours.
    """
    if isinstance(error, asyncpg.InterfaceError):
        return connection.is_closed()
    return isinstance(error, _LOST)


TRANSACTION_CONFLICT = (asyncpg.exceptions.SerializationError, asyncpg.exceptions.DeadlockDetectedError)
"""Raised where two transactions conflicted: run the transaction again."""


_DROP_DEAD_CLIENTS = {
    "client_connection_check_interval": "5s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "25s",
}
"""Settings by which the server notices within half a minute that a client is gone, and releases its locks."""


async def connect_pool(url: str, *, schema: str, size: int) -> Pool:
    """A pool of at most `size` connections, with one schema as their search path."""
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
            # Our statements are short: to compile the ones by which asyncpg asks for types takes longer than they do.
            "jit": "off",
            "idle_in_transaction_session_timeout": f"{ANSWERS_WITHIN}s",
            "statement_timeout": f"{ANSWERS_WITHIN + SERVER_CANCELS_LATER}s",
            **_DROP_DEAD_CLIENTS,
        },
        command_timeout=ANSWERS_WITHIN,
    )


async def _prepare(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Prepare a new connection: its codecs, and on PostgreSQL 17 and later the limit of a transaction.

    If a process is suspended between preparing a statement and executing it, the server does not count the transaction
    as idle. Then only this limit frees the locks that it holds.
    """
    await prepare_codecs(connection)
    if connection.get_server_version().major >= 17:
        await connection.execute(f"set transaction_timeout = '{TRANSACTION_ENDS_WITHIN}s'")


async def _skip_reset(_connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Save the round trip to reset a connection: nothing that a unit of work sets outlives its transaction."""


async def prepare_codecs(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Have a connection read and write `jsonb` as Python objects."""
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=_to_json, decoder=from_json)


def _to_json(value: Any) -> str:
    return to_json(value).decode()
