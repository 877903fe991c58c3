"""The servers of a run: private ones, as durable as those of `ninthweek up`, with a new place for each measurement."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit, urlunsplit

import aio_pika
import asyncpg

from benchmarks.checkout import ROOT
from shared.broker.declaration import declare
from shared.broker.topology import topology
from shared.contracts.directory import SERVICES
from shared.database.roles import service_url

if TYPE_CHECKING:
    from ninthweek.servers import Servers

FOLDER = ROOT / "var"

ALL = tuple(card.name for card in SERVICES)


@dataclass(frozen=True, slots=True)
class Place:
    """An empty database with all tables, and empty queues; the URLs are the administrator's."""

    database_url: str
    amqp_url: str

    def service_url(self, service: str) -> str:
        """The database's URL in the role of a service."""
        return service_url(self.database_url, service)


@dataclass(frozen=True, slots=True)
class BenchServers:
    """Makes places, which are removed with the servers. Each is a copy of the database `template`, made if missing."""

    database_url: str
    amqp_url: str
    template: str
    _numbers: Iterator[int] = field(default_factory=count)

    async def fresh(self, services: Sequence[str] = ALL) -> Place:
        """A new place, in which these services have their queues; what was in the queues before is gone."""
        name = f"{self.template}_{os.getpid()}_{next(self._numbers)}"
        administrator = await asyncpg.connect(self.database_url)
        if not await administrator.fetchval("select true from pg_database where datname = $1", self.template):
            await self._make_template(administrator)
        await administrator.execute(f"create database {name} template {self.template}")
        await administrator.execute("checkpoint")  # else one measurement pays for what the one before has written
        await administrator.close()
        await _empty_queues(self.amqp_url, services)
        return Place(_at(self.database_url, name), self.amqp_url)

    async def _make_template(self, administrator: asyncpg.Connection) -> None:
        # Imported here: every process of every figure imports this module, and these take a while.
        from ninthweek.addresses import addresses  # noqa: PLC0415
        from ninthweek.migration import migrate  # noqa: PLC0415

        await administrator.execute(f"create database {self.template}")
        url = _at(self.database_url, self.template)
        await migrate(database_url=url, amqp_url=self.amqp_url, service_urls=addresses(url, None, {}).database)


@contextmanager
def bench_servers() -> Iterator["Servers"]:
    """Start both servers; when the block ends they are removed, with all their data.

    Servers that the environment names are never used, since measuring empties all queues.
    """
    # Imported here: this module is also used with another checkout, which may have its servers elsewhere.
    from ninthweek.servers import local_servers, remove_servers  # noqa: PLC0415

    for name in ("DATABASE_URL", "AMQP_URL"):
        os.environ.pop(name, None)
    folder = FOLDER / f"bench-{os.getpid()}"
    try:
        with local_servers(folder, durable=True) as servers:
            yield servers
    finally:
        remove_servers(folder)


def virtual_host(servers: "Servers", name: str) -> str:
    """The broker's URL with a virtual host of this name, made for it."""
    assert servers.rabbitmq is not None  # it was started here
    servers.rabbitmq.control("add_vhost", name)
    user = urlsplit(servers.amqp_url).username or ""
    servers.rabbitmq.control("set_permissions", "--vhost", name, user, ".*", ".*", ".*")
    return _at(servers.amqp_url, quote(name, safe=""))


async def _empty_queues(amqp_url: str, services: Sequence[str]) -> None:
    """Declare all queues anew, and delete those of other services. A purged queue would still be clearing its log."""
    async with await aio_pika.connect(amqp_url) as connection:
        async with connection.channel() as channel:
            for queue in topology().queues:
                await channel.queue_delete(queue.name)
        await declare(connection)
        async with connection.channel() as channel:
            for queue in topology().queues:
                if queue.name.partition(".")[0] not in services:
                    await channel.queue_delete(queue.name)


def _at(url: str, name: str) -> str:
    """The same server and user, another database or virtual host."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
