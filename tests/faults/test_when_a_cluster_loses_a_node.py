"""Of three brokers one may be lost: services go on with the two that see each other, and nothing is lost.

A service knows one address; a link behind it leads to a running node, as a load balancer does.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from ninthweek.servers.containers import container_engine_answers
from tests.faults.cluster import Cluster, cluster
from tests.faults.conftest import Ledger, declare_all, empty_queues
from tests.faults.noted import noting
from tests.support.network import link_to
from tests.support.probe import submitted

pytestmark = [
    pytest.mark.skipif(not container_engine_answers(), reason="no container engine answers"),
    pytest.mark.xdist_group("cluster"),
    pytest.mark.timeout(300),
]

MANY = 300


@pytest.fixture(scope="module")
def brokers() -> Iterator[Cluster]:
    with cluster() as three:
        asyncio.run(declare_all(three.nodes[0].url))
        yield three


async def test_when_the_leader_of_a_queue_is_killed_under_load_and_comes_back(
    brokers: Cluster, test_database_url: str, tmp_path: Path, ledger: Ledger
) -> None:
    leader, second, third = await asyncio.to_thread(brokers.leader_first, "screening")
    await empty_queues(second.url)
    async with noting(test_database_url, second.url, tmp_path) as notes, link_to(leader.url) as balancer:
        await notes.start(to_broker=balancer)
        await notes.send(*(submitted(f"P{number}") for number in range(MANY)))
        await notes.until_noted(1)
        await asyncio.to_thread(leader.kill)
        ledger.injected("leader killed")
        balancer.lead_to("127.0.0.1", third.port)
        await notes.send(*(submitted(f"Q{number}") for number in range(MANY)))
        await asyncio.to_thread(leader.start)
        ledger.over()
        ledger.judged(await notes.judged())


async def test_when_the_node_of_a_service_is_cut_off_from_the_others(
    brokers: Cluster, test_database_url: str, tmp_path: Path, ledger: Ledger
) -> None:
    leader, second, minority = await asyncio.to_thread(brokers.leader_first, "screening")
    await empty_queues(leader.url)
    async with noting(test_database_url, leader.url, tmp_path) as notes, link_to(minority.url) as balancer:
        await notes.start(to_broker=balancer)
        await notes.send(*(submitted(f"P{number}") for number in range(MANY)))
        await notes.until_noted(1)
        await asyncio.to_thread(minority.cut_off, brokers.network)
        ledger.injected("minority cut off")
        ledger.over()
        balancer.lead_to("127.0.0.1", second.port)
        await notes.send(*(submitted(f"Q{number}") for number in range(MANY)))
        ledger.judged(await notes.judged())
