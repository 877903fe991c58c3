"""Servers once a run, a database a test, a virtual host a worker."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from uuid import uuid4

import aio_pika
import asyncpg
import pytest

from ninthweek.demonstration.clock import SteppedClock
from shared.broker.declaration import declare
from shared.broker.topology import topology
from tests.support.running import Start, starter
from tests.support.servers import BROKER, DATABASE, TEMPLATE, broker_url, database_url, servers_for_tests

ROOT = Path(__file__).parent.parent
WITHOUT_SERVERS = (ROOT / "tests" / "unit", ROOT / "tests" / "deployment")

_running = pytest.StashKey[ExitStack]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--servers",
        choices=("auto", "private", "containers"),
        default="auto",
        help="Which PostgreSQL and RabbitMQ: containers where an engine answers (auto), or only one of both kinds.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers in the process that starts the workers, unless the tests that run need none."""
    selected = [Path(argument.partition("::")[0]).absolute() for argument in config.args]
    is_worker = hasattr(config, "workerinput")
    needs_none = all(any(path.is_relative_to(folder) for folder in WITHOUT_SERVERS) for path in selected)
    if is_worker or needs_none or config.option.collectonly:
        return
    config.stash[_running] = ExitStack()
    folder = ROOT / "var" / f"tests-{os.getpid()}"
    config.stash[_running].enter_context(servers_for_tests(folder, kind=config.option.servers))


def pytest_unconfigure(config: pytest.Config) -> None:
    if _running in config.stash:
        config.stash[_running].close()


@pytest.fixture(scope="session")
def virtual_host(worker_id: str) -> str:
    return "worker0" if worker_id == "master" else f"worker{worker_id.removeprefix('gw')}"


@pytest.fixture(scope="session")
async def _broker_of_worker(virtual_host: str) -> AsyncIterator[tuple[str, aio_pika.abc.AbstractConnection]]:
    url = broker_url(os.environ[BROKER], virtual_host=virtual_host)
    async with await aio_pika.connect(url) as connection:
        await declare(connection)
        yield url, connection


@pytest.fixture
async def amqp_url(_broker_of_worker: tuple[str, aio_pika.abc.AbstractConnection]) -> str:
    """The administrator's URL of this worker's virtual host, with all queues there and empty."""
    url, connection = _broker_of_worker
    async with connection.channel() as channel:
        queues = [await channel.get_queue(queue.name, ensure=False) for queue in topology().queues]
        await asyncio.gather(*(queue.purge() for queue in queues))
    return url


@pytest.fixture
async def test_database_url() -> AsyncIterator[str]:
    """The administrator's URL of a migrated database of this test's own."""
    name = f"test_{uuid4().hex}"
    administrator = await asyncpg.connect(os.environ[DATABASE])
    await administrator.execute(f"create database {name} template {TEMPLATE}")
    yield database_url(os.environ[DATABASE], name)
    await administrator.execute(f"drop database {name} with (force)")
    await administrator.close()


@pytest.fixture
def clock() -> SteppedClock:
    """The programme's clock, which a test steps; it stands where the bundled term begins."""
    return SteppedClock()


@pytest.fixture
async def start(test_database_url: str, amqp_url: str, clock: SteppedClock) -> AsyncIterator[Start]:
    """What starts services, each in one replica or more."""
    async with AsyncExitStack() as stack:
        yield starter(stack, database_url=test_database_url, amqp_url=amqp_url, clock=clock)
