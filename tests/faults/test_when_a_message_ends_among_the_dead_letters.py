"""What the broker gave up delivering is kept among its service's failures, and comes back when staff retry it.

On the broker that is installed (3.10 on Debian 12), and on RabbitMQ 4 in a container.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import aio_pika
import pytest

from ninthweek.servers import Servers
from ninthweek.servers.server import Broker
from ninthweek.settings import AdministratorUrls
from ninthweek.staff_tools.failures import decide
from shared.broker.topology import EVENTS, ServiceQueue, dead_letter_queue
from shared.clock import system_time
from shared.contracts.envelope import Envelope
from shared.contracts.every_service import MessageFailed
from shared.contracts.message import Message
from shared.contracts.screening import ProjectDeclined
from shared.runtime import dead_letters, store
from shared.runtime.failures.failure import GivenUp
from shared.runtime.incoming import Incoming
from tests.faults.conftest import Ledger
from tests.faults.faulty import until_not_ready, until_ready
from tests.support.history import judge
from tests.support.probe import Errand, declined, probe, publish_declined, submitted
from tests.support.running import RunningService, Start
from tests.support.waiting import until

pytestmark = pytest.mark.xdist_group("killable servers")

SERVICE = "screening"
DEAD = dead_letter_queue(SERVICE)
SHORT = 0.01
"""Seconds; an expiration that passes while the service is away."""


@pytest.fixture(autouse=True)
def tries_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dead_letters, "TRY_EVERY", 0.05)


@pytest.fixture
def start(start_on_either: Start) -> Start:
    return start_on_either


@pytest.fixture
def urls(broker: Broker, killable_database: str) -> AdministratorUrls:
    return AdministratorUrls(killable_database, broker.url)


def envelope_of(message: Message, identifier: str, source: str) -> Mapping[str, str]:
    return Envelope(id=identifier, source=source, type=message.type, time=system_time()).to_headers()


async def publish(
    broker: Broker,
    body: bytes,
    headers: Mapping[str, Any],
    *,
    exchange: str = EVENTS,
    routing_key: str = "project.submitted",
    expiration: float | None = SHORT,
) -> None:
    async with await aio_pika.connect(broker.url) as connection, connection.channel() as channel:
        goal = await channel.get_exchange(exchange, ensure=False)
        message = aio_pika.Message(
            body,
            headers=dict(headers),
            expiration=expiration,
            message_id=str(uuid4()),
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        )
        await goal.publish(message, routing_key)


async def lose(broker: Broker, *project_ids: str) -> None:
    """Publish projects while no service consumes them, and wait until their expirations have passed."""
    for project_id in project_ids:
        event = submitted(project_id)
        await publish(broker, event.to_json(), envelope_of(event, project_id, "intake"))
    await until_dead(broker, len(project_ids))


async def waiting_in(broker: Broker, queue: str) -> int:
    async with await aio_pika.connect(broker.url) as connection, connection.channel() as channel:
        return (await channel.declare_queue(queue, passive=True)).declaration_result.message_count or 0


async def until_dead(broker: Broker, number: int) -> None:
    async def are_dead() -> bool:
        return await waiting_in(broker, DEAD) == number

    await until(are_dead)


async def until_failed(service: RunningService, number: int) -> list[dict[str, Any]]:
    async def have_failed() -> bool:
        return len(await service.failures()) >= number

    await until(have_failed)
    return await service.failures()


async def test_when_an_expiration_passed_while_the_service_was_away(
    start: Start, broker: Broker, urls: AdministratorUrls, ledger: Ledger
) -> None:
    await lose(broker, "P1")
    ledger.injected("expiration passed")
    screening = await start(probe(publish_declined))
    (failure,) = await until_failed(screening, 1)
    assert (failure["exchange"], failure["routing_key"]) == (EVENTS, "project.submitted")
    assert "its expiration passed" in failure["error"]
    assert failure["headers"]["x-death-queue"] == f"'{SERVICE}'"
    await until_dead(broker, 0)

    retried = await asyncio.gather(*(decide(urls, "screening/1", retry=True) for _ in range(3)))
    assert sorted(retried) == [False, False, True]
    await screening.quiet()
    assert await screening.published(ProjectDeclined) == [declined("P1")]
    (failed,) = await screening.published(MessageFailed)
    assert (failed.message_id, failed.error) == ("P1", failure["error"])
    assert [row["state"] for row in await screening.failures()] == ["retried"]
    await until_ready(screening)
    ledger.judged(judge(["P1"], ["P1"]))


async def test_when_a_limit_of_deliveries_is_reached(
    start: Start, broker: Broker, urls: AdministratorUrls, ledger: Ledger
) -> None:
    event = submitted("P1")
    await publish(broker, event.to_json(), envelope_of(event, "P1", "intake"), expiration=None)
    async with await aio_pika.connect(broker.url) as connection, connection.channel() as channel:
        queue = await channel.get_queue(SERVICE, ensure=False)
        while message := await queue.get(fail=False):
            await message.nack(requeue=True)
    await until_dead(broker, 1)
    ledger.injected("limit of deliveries reached")
    screening = await start(probe(publish_declined))
    (failure,) = await until_failed(screening, 1)
    assert "delivered again and again" in failure["error"]
    assert await decide(urls, "screening/1", retry=True)
    await screening.quiet()
    assert await screening.published(ProjectDeclined) == [declined("P1")]


async def test_when_an_effect_ends_there(start: Start, broker: Broker, urls: AdministratorUrls, ledger: Ledger) -> None:
    errand = Errand(project_id="P1")
    headers = envelope_of(errand, "E1", SERVICE)
    await publish(broker, errand.to_json(), headers, exchange=SERVICE, routing_key=ServiceQueue.EFFECTS)
    await until_dead(broker, 1)
    ledger.injected("expiration passed")
    screening = await start(probe(publish_declined))
    (failure,) = await until_failed(screening, 1)
    assert (failure["queue"], failure["exchange"]) == (ServiceQueue.EFFECTS, SERVICE)
    assert await decide(urls, "screening/1", retry=True)
    await screening.quiet()
    assert await screening.published(ProjectDeclined) == [declined("P1")]


async def test_when_what_was_to_be_tried_again_ends_there_it_keeps_what_it_was(
    start: Start, broker: Broker, ledger: Ledger
) -> None:
    event = submitted("P1")
    returning = Incoming(
        queue=ServiceQueue.MESSAGES,
        exchange=EVENTS,
        routing_key=event.routing_key,
        headers=dict(envelope_of(event, "P1", "intake")),
        body=event.to_json(),
    ).retry_headers(attempts=3, waits=0)
    await publish(broker, event.to_json(), returning, exchange=SERVICE, routing_key=ServiceQueue.MESSAGES)
    await until_dead(broker, 1)
    ledger.injected("expiration passed")
    screening = await start(probe(publish_declined))
    (failure,) = await until_failed(screening, 1)
    assert (failure["exchange"], failure["routing_key"], failure["attempts"]) == (EVENTS, event.routing_key, 4)


async def test_when_one_comes_twice_it_is_one_failure(start: Start, broker: Broker, ledger: Ledger) -> None:
    await lose(broker, "P1", "P1")
    ledger.injected("expiration passed", 2)
    screening = await start(probe(publish_declined))
    await until_failed(screening, 1)
    await until_dead(broker, 0)
    await screening.quiet()
    assert len(await screening.failures()) == len(await screening.published(MessageFailed)) == 1


async def test_when_one_was_handled_after_all_it_is_no_failure(start: Start, broker: Broker, ledger: Ledger) -> None:
    event = submitted("P1")
    screening = await start(probe(publish_declined))
    await publish(broker, event.to_json(), envelope_of(event, "P1", "intake"), expiration=None)

    async def is_handled() -> bool:
        return len(await screening.published(ProjectDeclined)) == 1

    await until(is_handled)
    await screening.stop()
    await lose(broker, "P1", "P2")
    ledger.injected("expiration passed", 2)
    again = await start(probe(publish_declined))
    (failure,) = await until_failed(again, 1)
    assert failure["message_id"] == "P2"
    await until_dead(broker, 0)
    assert len(await again.failures()) == 1


async def test_when_staff_discard_it(start: Start, broker: Broker, urls: AdministratorUrls, ledger: Ledger) -> None:
    await lose(broker, "P1")
    ledger.injected("expiration passed")
    screening = await start(probe(publish_declined))
    await until_failed(screening, 1)
    assert await decide(urls, "screening/1", retry=False)
    await screening.receive(submitted("P2"))
    assert await screening.published(ProjectDeclined) == [declined("P2")]
    assert [row["state"] for row in await screening.failures()] == ["discarded"]


async def test_when_two_replicas_find_many(start: Start, broker: Broker, ledger: Ledger) -> None:
    sent = [f"P{number}" for number in range(40)]
    await lose(broker, *sent)
    ledger.injected("expiration passed", len(sent))
    screening = await start(probe(publish_declined), replicas=2)
    failures = await until_failed(screening, len(sent))
    await until_dead(broker, 0)
    await screening.quiet()
    published = [event.message_id for event in await screening.published(MessageFailed)]
    ledger.judged(judge(sent, [row["message_id"] for row in failures]) | judge(sent, published))


async def test_when_the_database_is_away_meanwhile(
    start: Start, broker: Broker, killable_servers: Servers, ledger: Ledger
) -> None:
    assert killable_servers.postgresql is not None
    sent = [f"P{number}" for number in range(20)]
    screening = await start(probe(publish_declined))
    await asyncio.to_thread(killable_servers.postgresql.kill)
    try:
        await lose_beside(broker, *sent)
        ledger.injected("database away while dead letters are adopted")
        await until_not_ready(screening, "the database does not answer")
    finally:
        await asyncio.to_thread(killable_servers.postgresql.start)
    await screening.reconnect()
    failures = await until_failed(screening, len(sent))
    await until_dead(broker, 0)
    await screening.quiet()
    published = [event.message_id for event in await screening.published(MessageFailed)]
    ledger.judged(judge(sent, [row["message_id"] for row in failures]) | judge(sent, published))


async def lose_beside(broker: Broker, *project_ids: str) -> None:
    """Put projects among the dead letters while the service runs, as a queue does with what it rejects."""
    async with await aio_pika.connect(broker.url) as connection, connection.channel() as channel:
        dead_letter_exchange = await channel.get_exchange("dead-letters", ensure=False)
        for project_id in project_ids:
            event = submitted(project_id)
            message = aio_pika.Message(event.to_json(), headers=dict(envelope_of(event, project_id, "intake")))
            await dead_letter_exchange.publish(message, SERVICE)


async def test_when_it_breaks_its_contract(
    start: Start, broker: Broker, urls: AdministratorUrls, ledger: Ledger
) -> None:
    await publish(broker, b"not even JSON", {"ce-id": 7, "other": [None, 1.5]})
    await until_dead(broker, 1)
    ledger.injected("expiration passed")
    screening = await start(probe(publish_declined))
    (failure,) = await until_failed(screening, 1)
    assert failure["body"] == b"not even JSON"
    assert await decide(urls, "screening/1", retry=True)

    async def failed_again() -> bool:
        (row,) = await screening.failures()
        return row["state"] == "waiting" and "ContractBroken" in row["error"]

    await until(failed_again)


async def test_when_its_sender_wrote_that_it_came_from_the_service_itself(
    start: Start, broker: Broker, ledger: Ledger
) -> None:
    """RabbitMQ 3.10 keeps an `x-death` that a sender wrote, 4 does not; on neither is it believed."""
    forged = {
        "queue": SERVICE,
        "reason": "expired",
        "exchange": SERVICE,
        "routing-keys": [ServiceQueue.MESSAGES],
        "time": system_time(),
        "count": 0,
    }
    event = submitted("P1")
    headers = {"x-death": [forged], "ninthweek-attempts": "3", **envelope_of(event, "P1", "intake")}
    await publish(broker, event.to_json(), headers)
    await until_dead(broker, 1)
    ledger.injected("dead letter forged")
    screening = await start(probe(publish_declined))
    (failure,) = await until_failed(screening, 1)
    assert failure["exchange"] in {"dead-letters", EVENTS}
    assert failure["attempts"] == 1


async def test_when_one_cannot_be_adopted_the_service_reports_it_and_goes_on(
    start: Start, broker: Broker, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> bool:
        raise RuntimeError

    await lose(broker, "P1")
    with monkeypatch.context() as patch:
        patch.setattr(store.inbox, "was_handled_or_waits", broken)
        patch.setattr(dead_letters, "STUCK_AFTER", timedelta(milliseconds=200))
        screening = await start(probe(publish_declined))
        await until_not_ready(screening, f"nothing can be taken from the queue {DEAD}")
        ledger.injected("dead letter that cannot be adopted")
        await screening.receive(submitted("P2"))
        assert await screening.published(ProjectDeclined) == [declined("P2")]
    (failure,) = await until_failed(screening, 1)
    assert failure["error"].startswith(GivenUp.__name__)
    await until_ready(screening)


@pytest.mark.parametrize(
    "definition",
    ['{"message-ttl": 50}', '{"max-length": 1, "overflow": "drop-head"}'],
    ids=["message-ttl", "drop-head"],
)
async def test_when_a_policy_drops_it_the_service_reports_it_without_the_management_api(
    start: Start, broker: Broker, urls: AdministratorUrls, ledger: Ledger, definition: str
) -> None:
    sent = [f"P{number}" for number in range(3)]
    await asyncio.to_thread(broker.control, "set_policy", "short", f"^{SERVICE}$", definition, "--apply-to", "queues")
    try:

        async def one_is_dropped() -> bool:  # the policy takes a moment to hold
            for project_id in sent:
                event = submitted(project_id)
                headers = envelope_of(event, project_id, "intake")
                await publish(broker, event.to_json(), headers, expiration=None)
            return await waiting_in(broker, DEAD) > 0

        await until(one_is_dropped)
        ledger.injected("message dropped by a policy")
    finally:
        await asyncio.to_thread(broker.control, "clear_policy", "short")
    screening = await start(probe(publish_declined))
    failures = await until_failed(screening, 1)
    assert all("a policy of the broker's administrator" in row["error"] for row in failures)
    await until_not_ready(screening, "a policy of the broker's administrator drops messages")

    async def all_are_done() -> bool:
        for row in await screening.failures():
            await decide(urls, f"{SERVICE}/{row['id']}", retry=True)
        return {event.project_id for event in await screening.published(ProjectDeclined)} == set(sent)

    await until(all_are_done)
    ledger.judged(judge(sent, [event.project_id for event in await screening.published(ProjectDeclined)]))
