"""Whatever becomes of the database, no message is lost, none takes effect twice, and no attempt is counted."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from ninthweek.servers import Server, Servers
from shared.clock import system_time
from shared.contracts.intake import ProjectSubmitted
from shared.contracts.screening import ProjectDeclined
from shared.database import connection as database
from shared.runtime import Work, replica, store
from shared.runtime.failures import error_handler
from shared.runtime.failures.error_handler import ErrorHandler
from shared.runtime.settings import RuntimeSettings
from tests.faults.conftest import Ledger
from tests.faults.faulty import Gate, judged, projects, send, until_not_ready, until_ready
from tests.support.network import Link, link_to
from tests.support.probe import probe, publish_declined
from tests.support.running import RunningService, Start, connect_to
from tests.support.waiting import until

if TYPE_CHECKING:
    import asyncpg

    Rival = asyncpg.Connection[asyncpg.Record]

pytestmark = pytest.mark.xdist_group("killable servers")

ROLE = "ninthweek_screening"
AWAY = "the database does not answer"
SMALL_GROUPS = RuntimeSettings(largest_group=5)
SMALL_POOL = RuntimeSettings(pool_size=3)


@pytest.fixture(autouse=True)
def failed_attempts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The failed attempts that were counted. None may be, whatever the database does."""
    counted: list[str] = []

    def spy(name: str) -> None:
        original = getattr(ErrorHandler, name)

        async def note(self: ErrorHandler, received: object, error: Exception) -> None:
            counted.append(f"{name}: {error!r}")
            await original(self, received, error)

        monkeypatch.setattr(ErrorHandler, name, note)

    for name in ("wait", "retry", "fail"):
        spy(name)
    return counted


@pytest.fixture
def postgresql(killable_servers: Servers) -> Server:
    assert killable_servers.postgresql is not None
    return killable_servers.postgresql


@pytest.fixture
async def rival(killable_database: str) -> AsyncIterator["Rival"]:
    """Another user of the tables, and a table that it and the handlers both change."""
    connection = await connect_to(killable_database, "screening")
    await connection.execute(
        f"create table places (id text primary key, taken int default 0); grant all on places to {ROLE}"
    )
    await connection.execute("insert into places (id) values ('first'), ('second')")
    yield connection
    await connection.close()


@pytest.fixture
async def link(killable_database: str) -> AsyncIterator[Link]:
    async with link_to(killable_database) as link:
        yield link


async def _take(work: Work, place: str) -> None:
    await work.connection.execute("update places set taken = taken + 1 where id = $1", place)


async def _take_first(event: ProjectSubmitted, work: Work) -> None:
    await _take(work, "first")
    await publish_declined(event, work)


async def _until_waits_for_a_lock(rival: "Rival") -> None:
    async def waits() -> bool:
        return bool(
            await rival.fetchval(
                "select exists (select from pg_stat_activity where usename = $1 and wait_event_type = 'Lock')", ROLE
            )
        )

    await until(waits)


async def _until_published(service: RunningService, more_than: int) -> int:
    """Wait until it has published more than so many events; how many it has published."""

    async def has() -> bool:
        return len(await service.published(ProjectDeclined)) > more_than

    await until(has)
    return len(await service.published(ProjectDeclined))


async def test_when_the_database_dies_inside_a_handler(
    start_on_killable_servers: Start, postgresql: Server, ledger: Ledger, failed_attempts: list[str]
) -> None:
    gate, sent = Gate(), projects(300)
    screening = await start_on_killable_servers(probe(gate.handler))
    await send(screening, sent)
    await gate.inside.wait()
    await asyncio.to_thread(postgresql.kill)
    ledger.injected("database killed")
    gate.may_go_on.set()
    (replica,) = screening.replicas
    assert AWAY in await replica.why_not_ready()
    await asyncio.to_thread(postgresql.start)
    ledger.over()
    await screening.quiet()
    await screening.reconnect()
    ledger.judged(await judged(screening, sent))
    assert await replica.why_not_ready() == []
    assert failed_attempts == []


async def test_when_the_database_is_restarted_under_load(
    start_on_killable_servers: Start, postgresql: Server, ledger: Ledger, failed_attempts: list[str]
) -> None:
    sent = projects(300)
    screening = await start_on_killable_servers(probe(publish_declined), settings=SMALL_GROUPS)
    await send(screening, sent)
    await _until_published(screening, 0)
    await asyncio.to_thread(postgresql.stop)
    ledger.injected("database restarted")
    await asyncio.to_thread(postgresql.start)
    ledger.over()
    await screening.reconnect()
    ledger.judged(await judged(screening, sent))
    assert failed_attempts == []


async def test_when_the_database_is_away_for_longer_than_every_retry(
    start_on_killable_servers: Start,
    postgresql: Server,
    ledger: Ledger,
    failed_attempts: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = 0

    def count(pool: database.Pool) -> object:
        nonlocal asked
        asked += 1
        return database.acquire(pool)

    gate, sent = Gate(), projects(40)
    screening = await start_on_killable_servers(probe(gate.handler))
    await send(screening, sent)
    await gate.inside.wait()
    monkeypatch.setattr(error_handler, "RETRIES", (timedelta(milliseconds=1),) * 4)
    monkeypatch.setattr(replica, "acquire", count)
    await asyncio.to_thread(postgresql.kill)
    ledger.injected("database away")
    gate.may_go_on.set()

    async def was_asked_more_often_than_a_message_is_tried() -> bool:
        return asked > len(error_handler.RETRIES) + 1

    await until(was_asked_more_often_than_a_message_is_tried)
    await asyncio.to_thread(postgresql.start)
    ledger.over()
    await screening.reconnect()
    ledger.judged(await judged(screening, sent))
    assert failed_attempts == []


async def test_when_processes_end_while_the_database_is_away_no_message_is_blamed(
    start_on_killable_servers: Start, postgresql: Server
) -> None:
    screening = await start_on_killable_servers(probe(publish_declined))
    message = uuid4()
    for _ in range(store.suspects.MOST_DEATHS + 1):
        assert await store.suspects.count_try(screening.connection, message, at=system_time()) == 1
        await asyncio.to_thread(postgresql.kill)
        await asyncio.to_thread(postgresql.start)
        await screening.reconnect()
    tries = [await store.suspects.count_try(screening.connection, message, at=system_time()) for _ in range(3)]
    assert tries == [1, 2, 3]


async def test_when_connections_are_cut_again_and_again_under_load(
    start_on_killable_servers: Start, ledger: Ledger, failed_attempts: list[str]
) -> None:
    sent = projects(200)
    screening = await start_on_killable_servers(probe(publish_declined), settings=SMALL_GROUPS)
    await send(screening, sent)
    published = 0
    while published < len(sent):
        published = await _until_published(screening, published)
        cut = await screening.connection.fetchval(
            f"select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = '{ROLE}'"
        )
        ledger.injected("database connections cut", cut)
        ledger.over()
    ledger.judged(await judged(screening, sent))
    assert failed_attempts == []


async def test_when_a_transaction_cannot_be_serialized(
    start_on_killable_servers: Start, rival: "Rival", ledger: Ledger, failed_attempts: list[str]
) -> None:
    """The handler's transaction began before the rival's was committed, and both changed one row."""
    await rival.execute("alter database killable set default_transaction_isolation = 'repeatable read'")
    tries = 0

    async def take(event: ProjectSubmitted, work: Work) -> None:
        nonlocal tries
        tries += 1
        await _take_first(event, work)

    screening = await start_on_killable_servers(probe(take))
    async with rival.transaction():
        await rival.execute("update places set taken = taken + 1 where id = 'first'")
        await send(screening, projects(1))
        await _until_waits_for_a_lock(rival)
    ledger.injected("serialization failure")
    ledger.over()
    ledger.judged(await judged(screening, projects(1)))
    assert tries == 2
    assert await rival.fetchval("select taken from places where id = 'first'") == 2
    assert failed_attempts == []


async def test_when_transactions_deadlock(
    start_on_killable_servers: Start, rival: "Rival", ledger: Ledger, failed_attempts: list[str]
) -> None:
    """Each holds a row that the other wants; PostgreSQL ends the handler's transaction, the first to check."""
    await rival.execute(f"alter role {ROLE} in database killable set deadlock_timeout = '10ms'")
    await rival.execute("set deadlock_timeout = '1min'")
    tries = 0
    gate = Gate()

    async def take_both(event: ProjectSubmitted, work: Work) -> None:
        nonlocal tries
        tries += 1
        await _take(work, "second")
        await gate.handler(event, work)
        await _take(work, "first")

    screening = await start_on_killable_servers(probe(take_both))
    async with rival.transaction():
        await rival.execute("update places set taken = taken + 1 where id = 'first'")
        await send(screening, projects(1))
        await gate.inside.wait()
        waiting = asyncio.create_task(rival.execute("update places set taken = taken + 1 where id = 'second'"))

        async def rival_waits() -> bool:
            return bool(
                await screening.connection.fetchval(
                    "select wait_event_type = 'Lock' from pg_stat_activity where pid = $1", rival.get_server_pid()
                )
            )

        await until(rival_waits)
        gate.may_go_on.set()
        await waiting
    ledger.injected("deadlock")
    ledger.over()
    ledger.judged(await judged(screening, projects(1)))
    assert tries >= 2
    assert [row["taken"] for row in await rival.fetch("select taken from places")] == [2, 2]
    assert failed_attempts == []


@pytest.mark.parametrize("lock", ["lock table places", "update places set taken = taken where id = 'first'"])
async def test_when_a_lock_is_held_for_longer_than_a_statement_may_take(
    start_on_killable_servers: Start,
    rival: "Rival",
    ledger: Ledger,
    failed_attempts: list[str],
    monkeypatch: pytest.MonkeyPatch,
    lock: str,
) -> None:
    monkeypatch.setattr(database, "ANSWERS_WITHIN", 0.3)
    tries = 0

    async def take(event: ProjectSubmitted, work: Work) -> None:
        nonlocal tries
        tries += 1
        await _take_first(event, work)

    async def was_given_up() -> bool:
        return tries >= 3

    sent = projects(40)
    screening = await start_on_killable_servers(probe(take))
    async with rival.transaction():
        await rival.execute(lock)
        await send(screening, sent[:20])
        await until(was_given_up)
        ledger.injected("lock held too long")
    ledger.over()
    await send(screening, sent[20:])
    ledger.judged(await judged(screening, sent))
    assert await rival.fetchval("select taken from places where id = 'first'") == len(sent)
    assert failed_attempts == []


async def test_when_all_connections_of_the_pool_are_taken(
    start_on_killable_servers: Start, ledger: Ledger, failed_attempts: list[str]
) -> None:
    sent = projects(40)
    screening = await start_on_killable_servers(probe(publish_declined), settings=SMALL_POOL)
    (replica,) = screening.replicas
    taken = [await replica.pool.acquire() for _ in range(SMALL_POOL.pool_size)]
    ledger.injected("pool exhausted")
    await send(screening, sent)
    await until_not_ready(screening, AWAY)
    assert await screening.published(ProjectDeclined) == []
    for connection in taken:
        await replica.pool.release(connection)
    ledger.over()
    ledger.judged(await judged(screening, sent))
    await until_ready(screening)
    assert failed_attempts == []


async def test_when_the_database_takes_no_more_connections(
    start_on_killable_servers: Start, rival: "Rival", ledger: Ledger, failed_attempts: list[str]
) -> None:
    sent = projects(40)
    screening = await start_on_killable_servers(probe(publish_declined))
    try:
        await rival.execute(f"alter role {ROLE} connection limit 0")
        await rival.execute(f"select pg_terminate_backend(pid) from pg_stat_activity where usename = '{ROLE}'")
        ledger.injected("database takes no connections")
        await send(screening, sent)
        await until_not_ready(screening, AWAY)
    finally:
        await rival.execute(f"alter role {ROLE} connection limit -1")
        ledger.over()
    ledger.judged(await judged(screening, sent))
    await until_ready(screening)
    assert failed_attempts == []


@pytest.mark.parametrize("is_forgotten", [False, True], ids=["for-a-while", "for-ever"])
async def test_when_no_byte_passes_between_the_service_and_the_database(
    start_on_killable_servers: Start,
    link: Link,
    ledger: Ledger,
    failed_attempts: list[str],
    monkeypatch: pytest.MonkeyPatch,
    is_forgotten: bool,
) -> None:
    """Neither end is notified: the connections that handlers are using are dead, and nobody knows."""
    monkeypatch.setattr(database, "ANSWERS_WITHIN", 1.0)
    gate, sent = Gate(), projects(40)
    screening = await start_on_killable_servers(probe(gate.handler), to_database=link)
    await send(screening, sent)
    await gate.inside.wait()
    if is_forgotten:
        link.abandon()
    link.stall()
    ledger.injected("database connections half-open")
    gate.may_go_on.set()
    async with asyncio.timeout(5):
        await until_not_ready(screening, AWAY)
    link.heal()
    ledger.over()
    ledger.judged(await judged(screening, sent))
    await until_ready(screening)
    assert failed_attempts == []
