"""Servers that a test may kill, and a ledger of all faults, of what came of them, and of how long that took.

`make faults` ends with the ledger's line and a table of the times to recover, which are left in `var/faults.json`.
"""

import asyncio
import pickle
import sys
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import aio_pika
import pytest

from ninthweek.addresses import addresses
from ninthweek.demonstration.clock import SteppedClock
from ninthweek.servers import Servers, local_servers, remove_servers
from ninthweek.servers.containers import ContainerRabbitMQ, container_engine_answers
from ninthweek.servers.server import Broker
from ninthweek.services import migrations
from shared.broker.declaration import declare
from shared.broker.topology import topology
from shared.database.preparation import prepare_schema
from tests.faults import recovery
from tests.faults.noted import Notes, noting
from tests.support.databases import TestDatabase
from tests.support.history import Report
from tests.support.running import Start, starter


@dataclass
class Ledger:
    """The faults that were injected, by kind, and the histories that they were injected into."""

    faults: Counter[str] = field(default_factory=Counter)
    history: Report = field(default_factory=Report)
    recoveries: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """By kind of fault, the seconds from its end until everything was handled and all were ready."""
    _injected: set[str] = field(default_factory=set)
    _over_since: dict[str, float] = field(default_factory=dict)

    def begin(self) -> None:
        """Begin a test: the recovery from faults of the test before no longer counts."""
        self._injected.clear()
        self._over_since.clear()

    def injected(self, kind: str, times: int = 1) -> None:
        """Count a fault that was injected."""
        self.faults[kind] += times
        self._injected.add(kind)

    def over(self, *kinds: str) -> None:
        """Note that the faults of this test, or those of these kinds, are over: the time to recover counts from now.

        Not called for faults that need no time to recover from, such as a message that came twice.
        """
        self._over_since = dict.fromkeys(kinds or self._injected, monotonic())

    def judged(self, report: Report) -> None:
        """Keep the report of one history, and fail the test unless it is clean."""
        for kind, since in self._over_since.items():
            self.recoveries[kind].append((report.at_rest or monotonic()) - since)
        self.history += report
        assert report.is_clean, f"{report}, such as {[*report.lost, *report.duplicated, *report.unexpected][:5]}"

    def add(self, other: "Ledger") -> None:
        """Add what another process noted."""
        self.faults += other.faults
        self.history += other.history
        for kind, seconds in other.recoveries.items():
            self.recoveries[kind] += seconds

    def __str__(self) -> str:
        history = self.history
        return (
            f"faults: {self.faults.total()} injected, submitted={history.submitted} lost={len(history.lost)} "
            f"duplicated={len(history.duplicated)}"
        )


_ledger = pytest.StashKey[Ledger]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_ledger] = Ledger()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands its ledger to the process that started it."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["ledger"] = pickle.dumps(session.config.stash[_ledger]).hex()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    handed = getattr(node, "workeroutput", {}).get("ledger")
    if handed:
        node.config.stash[_ledger].add(pickle.loads(bytes.fromhex(handed)))  # noqa: S301 - of our own process


def pytest_unconfigure(config: pytest.Config) -> None:
    ledger = config.stash[_ledger]
    if not hasattr(config, "workerinput") and ledger.faults:
        sys.stdout.write(f"{ledger}\n")
        recovery.keep(ledger.faults, ledger.recoveries)
        sys.stdout.writelines(f"{line}\n" for line in recovery.table(ledger.recoveries))


@pytest.fixture
def ledger(pytestconfig: pytest.Config) -> Ledger:
    """Where a test of this folder counts its faults and has its history judged."""
    ledger = pytestconfig.stash[_ledger]
    ledger.begin()
    return ledger


@pytest.fixture(scope="session")
def killable_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Private servers of this worker, which its tests may kill and start again; also with `--servers=containers`.

    The broker is stopped in order once after its queues were made: one that is killed within their first seconds loses
    them (RabbitMQ 3.10), or comes back with queues that accept nothing (4.0, seen in a container).
    """
    folder = tmp_path_factory.mktemp("killable")
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("DATABASE_URL", raising=False)
        environment.delenv("AMQP_URL", raising=False)
        with local_servers(folder, durable=False) as servers:
            assert servers.rabbitmq is not None
            asyncio.run(declare_all(servers.amqp_url))
            servers.rabbitmq.stop()
            servers.rabbitmq.start()
            yield servers
    remove_servers(folder)


async def declare_all(amqp_url: str) -> None:
    """Declare all exchanges, queues and bindings."""
    async with await aio_pika.connect(amqp_url) as connection:
        await declare(connection)


@pytest.fixture(scope="session")
def database_on_killable_servers(killable_servers: Servers) -> TestDatabase:
    async def prepare(url: str) -> None:
        own = addresses(url, None, {}).database["screening"]
        await prepare_schema(url, service="screening", url=own, migrations=migrations("screening"))

    return TestDatabase(killable_servers.database_url, "killable", prepare)


@pytest.fixture
async def killable_database(database_on_killable_servers: TestDatabase) -> str:
    """The administrator's URL of a database with screening's tables, empty, on a server that may be killed."""
    return await database_on_killable_servers.empty()


@pytest.fixture
async def start_on_killable_servers(
    killable_servers: Servers, killable_database: str, clock: SteppedClock
) -> AsyncIterator[Start]:
    """Starts services on servers that may be killed, with a database and queues of this test's own."""
    await empty_queues(killable_servers.amqp_url)
    async with AsyncExitStack() as stack:
        yield starter(stack, database_url=killable_database, amqp_url=killable_servers.amqp_url, clock=clock)


@pytest.fixture(scope="session", params=["installed", "container"])
def broker(request: pytest.FixtureRequest, killable_servers: Servers) -> Iterator[Broker]:
    """The broker that is installed (3.10 on Debian 12), and one of RabbitMQ 4 in a container."""
    if request.param == "installed":
        assert killable_servers.rabbitmq is not None
        yield killable_servers.rabbitmq
        return
    if not container_engine_answers():
        pytest.skip("no container engine answers")
    container = ContainerRabbitMQ()
    try:
        container.start()
        asyncio.run(declare_all(container.url))
        yield container
    finally:
        container.remove()


@pytest.fixture
async def start_on_either(broker: Broker, killable_database: str, clock: SteppedClock) -> AsyncIterator[Start]:
    """Starts services on the broker of either version, with a database that may be killed and queues that are empty."""
    await declare_all(broker.url)
    await empty_queues(broker.url)
    async with AsyncExitStack() as stack:
        yield starter(stack, database_url=killable_database, amqp_url=broker.url, clock=clock)


async def empty_queues(amqp_url: str) -> None:
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        queues = [await channel.get_queue(queue.name, ensure=False) for queue in topology().queues]
        await asyncio.gather(*(queue.purge() for queue in queues))


@pytest.fixture
async def notes(test_database_url: str, amqp_url: str, tmp_path: Path) -> AsyncIterator[Notes]:
    """Noting probes in processes of their own."""
    async with noting(test_database_url, amqp_url, tmp_path) as notes:
        yield notes
