"""The servers of a run: its own, durable as those of `ninthweek up`, and a fresh place on them for each measurement."""

import asyncio
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import aio_pika
import asyncpg

from ninthweek.addresses import addresses
from ninthweek.migration import migrate
from ninthweek.services import NAMES
from shared.broker.declaration import declare
from shared.broker.topology import topology
from shared.database.roles import service_url
from shared.servers import local_servers, remove_servers

FOLDER = Path(__file__).parent.parent / "var"
TEMPLATE = "ninthweek_template"


@dataclass(frozen=True, slots=True)
class Place:
    """A migrated database with nothing in it and empty queues; the URLs are the administrator's."""

    database_url: str
    amqp_url: str

    def service_url(self, service: str) -> str:
        """The database, in the role of a service."""
        return service_url(self.database_url, service)


@dataclass(frozen=True, slots=True)
class BenchServers:
    """Makes places; they go with the servers."""

    database_url: str
    amqp_url: str
    _numbers: Iterator[int]

    def fresh(self, services: Sequence[str] = NAMES) -> Place:
        """A new place, in which these services have their queues; what was in the queues before is gone."""
        return asyncio.run(self._fresh(services))

    async def _fresh(self, services: Sequence[str]) -> Place:
        name = f"bench_{next(self._numbers)}"
        administrator = await asyncpg.connect(self.database_url)
        await administrator.execute(f"create database {name} template {TEMPLATE}")
        await administrator.execute("checkpoint")  # else one measurement pays for what the one before has written
        await administrator.close()
        await _empty_queues(self.amqp_url, services)
        return Place(_database(self.database_url, name), self.amqp_url)


@contextmanager
def bench_servers() -> Iterator[BenchServers]:
    """Start both servers, and remove them and all that is on them when the block ends.

    Servers that the environment names are left alone: the queues of those that are measured on are emptied.
    """
    for name in ("DATABASE_URL", "AMQP_URL"):
        os.environ.pop(name, None)
    folder = FOLDER / f"bench-{os.getpid()}"
    try:
        with local_servers(folder, durable=True) as servers:
            asyncio.run(_make_template(servers.database_url, servers.amqp_url))
            yield BenchServers(servers.database_url, servers.amqp_url, count(1))
    finally:
        remove_servers(folder)


async def _make_template(database_url: str, amqp_url: str) -> None:
    administrator = await asyncpg.connect(database_url)
    await administrator.execute(f"create database {TEMPLATE}")
    await administrator.close()
    template = _database(database_url, TEMPLATE)
    own = addresses(template, None, {}).database
    await migrate(database_url=template, amqp_url=amqp_url, service_urls=own)


async def _empty_queues(amqp_url: str, services: Sequence[str]) -> None:
    """New queues, so that no log of an old one is still being cleared; those of other services are not there."""
    async with await aio_pika.connect(amqp_url) as connection:
        async with connection.channel() as channel:
            for queue in topology().queues:
                await channel.queue_delete(queue.name)
        await declare(connection)
        async with connection.channel() as channel:
            for queue in topology().queues:
                if queue.name.partition(".")[0] not in services:
                    await channel.queue_delete(queue.name)


def _database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
