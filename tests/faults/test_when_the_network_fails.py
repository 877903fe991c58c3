"""Whatever becomes of the network between a service and its servers, nothing is lost and nothing is done twice."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest

from tests.faults.conftest import Ledger
from tests.faults.noted import Notes
from tests.faults.remote import NoNamespaces, Remote, remote_machine
from tests.support.network import Link, link_to
from tests.support.probe import submitted
from tests.support.waiting import until

MANY = 300
"""More than a service is delivered at a time, so that some wait in the queue while it is cut off."""


@dataclass(frozen=True)
class Network:
    """The links from a service to its servers."""

    to_database: Link
    to_broker: Link

    @property
    def links(self) -> dict[str, tuple[Link, ...]]:
        return {
            "database": (self.to_database,),
            "broker": (self.to_broker,),
            "both": (self.to_database, self.to_broker),
        }


@pytest.fixture
async def network(notes: Notes) -> AsyncIterator[Network]:
    async with link_to(notes.database_url) as to_database, link_to(notes.amqp_url) as to_broker:
        yield Network(to_database, to_broker)


@pytest.fixture
def remote() -> Iterator[Remote]:
    try:
        with remote_machine() as machine:
            yield machine
    except NoNamespaces as reason:
        pytest.skip(str(reason))


async def until_some_wait(notes: Notes) -> None:
    """Wait until messages stay in the queue: nobody takes them any more."""

    async def some_wait() -> bool:
        return await notes.waiting() > 0

    await until(some_wait)


async def test_when_every_packet_takes_its_time(notes: Notes, network: Network, ledger: Ledger) -> None:
    network.to_database.delay = network.to_broker.delay = 0.02
    await notes.start(to_database=network.to_database, to_broker=network.to_broker)
    await notes.send(*(submitted(f"P{number}") for number in range(50)))
    ledger.injected("network slow")
    ledger.judged(await notes.judged())


@pytest.mark.parametrize("which", ["database", "broker", "both"])
async def test_when_no_packet_passes_for_a_while(notes: Notes, network: Network, ledger: Ledger, which: str) -> None:
    await notes.start(to_database=network.to_database, to_broker=network.to_broker)
    await notes.send(submitted("first"))
    await notes.until_noted(1)
    for link in network.links[which]:
        link.stall()
    ledger.injected("network stalled")
    await notes.send(*(submitted(f"P{number}") for number in range(MANY)))
    await until_some_wait(notes)
    for link in network.links[which]:
        link.heal()
    ledger.over()
    ledger.judged(await notes.judged())


@pytest.mark.parametrize("which", ["database", "broker", "both"])
async def test_when_connections_are_reset_again_and_again(
    notes: Notes, network: Network, ledger: Ledger, which: str
) -> None:
    await notes.start(to_database=network.to_database, to_broker=network.to_broker)
    for cut in range(8):
        await notes.send(*(submitted(f"P{cut}-{number}") for number in range(25)))
        await notes.until_noted(25 * cut + 1)
        for link in network.links[which]:
            link.reset()
        ledger.injected("connections reset")
        ledger.over()
    ledger.judged(await notes.judged())


async def test_when_the_network_is_gone_and_comes_back(notes: Notes, network: Network, ledger: Ledger) -> None:
    await notes.start(to_database=network.to_database, to_broker=network.to_broker)
    await notes.send(submitted("first"))
    await notes.until_noted(1)
    for link in network.links["both"]:
        link.cut()
    ledger.injected("network cut")
    await notes.send(*(submitted(f"P{number}") for number in range(MANY)))
    await until_some_wait(notes)
    for link in network.links["both"]:
        link.heal()
    ledger.over()
    ledger.judged(await notes.judged())


async def test_when_packets_are_lost_on_the_way_from_another_machine_and_then_all_of_them(
    notes: Notes, remote: Remote, ledger: Ledger
) -> None:
    async with (
        link_to(notes.database_url, host=remote.here) as to_database,
        link_to(notes.amqp_url, host=remote.here) as to_broker,
    ):
        remote.lose(0.08)
        await notes.start(first=remote.enter, to_database=to_database, to_broker=to_broker, is_remote=True)
        await notes.send(*(submitted(f"P{number}") for number in range(50)))
        ledger.injected("packets lost")
        await notes.until_noted(25)
        await asyncio.to_thread(remote.pull)
        ledger.injected("cable pulled")
        await notes.send(*(submitted(f"Q{number}") for number in range(MANY)))
        await until_some_wait(notes)
        await asyncio.to_thread(remote.plug_in)
        ledger.over("cable pulled")
        ledger.judged(await notes.judged())
