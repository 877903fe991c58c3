"""A virtual host and a database for each worker, empty for each test, and services that use them."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import aio_pika
import pytest

from ninthweek.demonstration.clock import SteppedClock
from shared.broker.declaration import declare
from shared.broker.topology import topology
from tests.support.databases import TestDatabase
from tests.support.running import Start, starter
from tests.support.servers import BROKER, DATABASE, broker_url


@pytest.fixture(scope="session")
def virtual_host(worker_id: str) -> str:
    return "worker0" if worker_id == "master" else f"worker{worker_id.removeprefix('gw')}"


class Queues:
    """The queues of one virtual host: declared once, and emptied for each test. Connects again where it has to."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._connection: aio_pika.abc.AbstractConnection | None = None

    async def empty(self) -> str:
        """Empty all queues; the administrator's URL."""
        if self._connection is None or self._connection.is_closed:
            self._connection = await aio_pika.connect(self.url)
            await declare(self._connection)
        async with self._connection.channel() as channel:
            queues = [await channel.get_queue(queue.name, ensure=False) for queue in topology().queues]
            await asyncio.gather(*(queue.purge() for queue in queues))
        return self.url

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()


@pytest.fixture(scope="session")
async def queues_of_worker(virtual_host: str) -> AsyncIterator[Queues]:
    queues = Queues(broker_url(os.environ[BROKER], virtual_host=virtual_host))
    yield queues
    await queues.close()


@pytest.fixture
async def amqp_url(queues_of_worker: Queues) -> str:
    """The administrator's URL of this worker's virtual host, whose queues are declared and empty."""
    return await queues_of_worker.empty()


@pytest.fixture(scope="session")
async def database_of_worker(virtual_host: str) -> AsyncIterator[TestDatabase]:
    database = TestDatabase(os.environ[DATABASE], virtual_host)
    yield database
    await database.drop()


@pytest.fixture
async def test_database_url(database_of_worker: TestDatabase) -> str:
    """The administrator's URL of this worker's database, migrated and empty."""
    return await database_of_worker.empty()


@pytest.fixture
def clock() -> SteppedClock:
    """The programme's clock, which a test steps; it begins where the bundled term does."""
    return SteppedClock()


@pytest.fixture
async def start(test_database_url: str, amqp_url: str, clock: SteppedClock) -> AsyncIterator[Start]:
    """A function that starts a service, in one replica or more."""
    async with AsyncExitStack() as stack:
        yield starter(stack, database_url=test_database_url, amqp_url=amqp_url, clock=clock)
