"""All that the figures use of the product's internals: its runtime, put together as a service puts it together.

The same figures measure an earlier checkout too (`make bench BESIDE=…`). So this uses as few internals as it can, and
where those of two checkouts differ, this module handles the difference.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from inspect import signature
from pathlib import Path
from typing import Any
from uuid import UUID

from prometheus_client import CollectorRegistry

from benchmarks.servers import Place
from shared.clock import system_time
from shared.database.connection import Pool, acquire, connect_pool
from shared.runtime import store
from shared.runtime.metrics import Metrics
from shared.runtime.outgoing import Outgoing
from shared.runtime.partitions import Partitions
from shared.runtime.publisher import publisher
from shared.runtime.relay import Relay
from shared.runtime.replica import Replica, running
from shared.runtime.settings import RuntimeSettings
from tests.support.probe import OnProject, probe

_SERVERS = "ninthweek.servers" if find_spec("ninthweek.servers") else "shared.servers"
"""The package with a checkout's local servers: earlier checkouts have the second."""

remove_servers: Callable[[Path], None] = import_module(_SERVERS).remove_servers
free_port: Callable[[], int] = import_module(f"{_SERVERS}.ports").free_port

_OBSERVER = "observer" if "observer" in signature(running).parameters else "flight"
"""The name of the parameter for an observer: earlier checkouts have the second."""

LOOKS_EVERY = 0.005
"""Seconds between two looks at whether all is published: a measurement may be too long by as much."""

AT_A_TIME = 1_000
"""How many rows one statement writes."""


@asynccontextmanager
async def screening_at(
    place: Place,
    on_project: OnProject,
    *,
    changes: Callable[[Any], tuple[str, ...]] | None = None,
    committed: Callable[[], None] | None = None,
) -> AsyncIterator[Replica]:
    """Run one replica, with `on_project` as its handler and screening's queues and tables, while the block lasts.

    `changes` names the subjects that the handler changes; `committed` is called for each message after its commit.
    """
    observer: dict[str, Any] = {_OBSERVER: _Commits(committed) if committed else None}
    async with running(
        probe(on_project, changes=changes),
        database_url=place.service_url("screening"),
        amqp_url=place.amqp_url,
        **observer,
    ) as replica:
        yield replica


async def settled(replica: Replica, messages: int) -> None:
    """Wait until so many messages have their row, and all that they publish is confirmed and marked as sent.

    A group is acknowledged as soon as it is committed, before what it publishes is confirmed.
    """
    async with replica.units_of_work.read() as connection:
        while await connection.fetchval("select count(*) from recorded") < messages:
            await asyncio.sleep(LOOKS_EVERY)
    await all_published(replica)


async def all_published(replica: Replica) -> None:
    """Wait until the outbox has nothing left to be sent."""
    while await replica.anything_due():
        await asyncio.sleep(LOOKS_EVERY)


class _Commits:
    """An observer that calls a function for each message that is handled, after its commit."""

    def __init__(self, committed: Callable[[], None]) -> None:
        self._committed = committed

    def publishing(self, service: str, outgoing: Outgoing) -> None:
        """Do nothing: no figure waits for what is published."""

    said = publishing
    """The name of this method in earlier checkouts."""

    def handled(self, service: str, message: UUID) -> None:
        self._committed()


@asynccontextmanager
async def relay_at(place: Place) -> AsyncIterator[tuple[Relay, Pool]]:
    """Screening's relay, not yet running, and its pool."""
    settings = RuntimeSettings()
    pool = await connect_pool(place.service_url("screening"), schema="screening", size=settings.pool_size)
    metrics = Metrics("screening", CollectorRegistry())
    async with publisher(place.amqp_url) as publish:
        yield Relay("screening", pool, system_time, publish, Partitions(settings.remember), metrics), pool
    await pool.close()


async def fill_outbox(pool: Pool, outgoing: Sequence[Outgoing], *, published_at: datetime) -> None:
    """Write rows to the outbox, as transactions do."""
    async with acquire(pool) as connection:
        for begin in range(0, len(outgoing), AT_A_TIME):
            rows = outgoing[begin : begin + AT_A_TIME]
            await store.outbox.add(connection, rows, slot=slot_at(published_at), published_at=published_at)


async def until_sent(pool: Pool) -> None:
    """Wait until the outbox has nothing left to be sent."""
    async with acquire(pool) as connection:
        while await store.glance.anything_due(connection, programme_now=system_time()):
            await asyncio.sleep(LOOKS_EVERY)


def slot_at(moment: datetime) -> int:
    """The partition of inbox and outbox that is written at a moment."""
    return Partitions(RuntimeSettings().remember).slot(moment)
