"""Whatever becomes of the broker, no message is lost, none takes effect twice, and no attempt is counted.

What needs no broker to die runs on the one that is installed (3.10 on Debian 12) and on a container of RabbitMQ 4.
Where the defaults of the two differ, the queues' own arguments decide, and the last test reads them back on both:

- the limit of deliveries of a quorum queue: none in 3.10, 20 in 4;
- what becomes of a dead letter, and of what is published to a full queue: both do the same, and each is set.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import pytest

from ninthweek.servers import Servers
from ninthweek.servers.server import Broker
from shared.broker.topology import EVENTS, topology
from shared.contracts.directory import subscribers
from shared.contracts.intake import ProjectSubmitted
from shared.contracts.screening import ProjectDeclined
from shared.runtime import UnitsOfWork, Work, publisher, relay
from shared.runtime.settings import RuntimeSettings
from tests.faults.conftest import Ledger, declare_all
from tests.faults.faulty import (
    PATIENCE,
    SUBSCRIBER_QUEUE,
    Gate,
    judged,
    projects,
    received,
    send,
    until_not_ready,
    until_ready,
)
from tests.support.history import judge
from tests.support.network import Link, link_to
from tests.support.probe import Errand, declined, probe, publish_declined, withdrawn
from tests.support.running import RunningService, Start
from tests.support.waiting import until

if TYPE_CHECKING:
    import aiormq

pytestmark = pytest.mark.xdist_group("killable servers")

DOES_NOT_DELIVER = "the broker does not deliver"
DOES_NOT_DRAIN = "the outbox has not drained"
SMALL_GROUPS = RuntimeSettings(largest_group=5)
QUEUE = "screening"
OUT_OF_MEMORY = "rabbit_alarm:set_alarm({{resource_limit, memory, node()}, []})."
MEMORY_AGAIN = "rabbit_alarm:clear_alarm({resource_limit, memory, node()})."


@pytest.fixture
def start(start_on_either: Start) -> Start:
    return start_on_either


@pytest.fixture
async def link(killable_servers: Servers) -> AsyncIterator[Link]:
    async with link_to(killable_servers.amqp_url) as link:
        yield link


@pytest.fixture
def impatient_relay(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was returned or refused is soon sent again."""
    monkeypatch.setattr(relay, "RETURNED_WAITS", timedelta(milliseconds=100))
    monkeypatch.setattr(relay, "SWEEP_EVERY", timedelta(milliseconds=100))


async def _control(broker: Broker, *arguments: str) -> str:
    return await asyncio.to_thread(broker.control, *arguments)


async def _published(service: RunningService) -> int:
    return len(await service.published(ProjectDeclined))


async def _until_published(service: RunningService, number: int) -> None:
    async def has() -> bool:
        return await _published(service) >= number

    await until(has)


async def test_when_the_broker_dies_inside_a_handler(
    start_on_killable_servers: Start, killable_servers: Servers, ledger: Ledger
) -> None:
    assert killable_servers.rabbitmq is not None
    gate, sent = Gate(), projects(300)
    screening = await start_on_killable_servers(probe(gate.handler))
    await send(screening, sent)
    await gate.inside.wait()
    await asyncio.to_thread(killable_servers.rabbitmq.kill)
    ledger.injected("broker killed")
    gate.may_go_on.set()
    await until_not_ready(screening, DOES_NOT_DELIVER)
    await asyncio.to_thread(killable_servers.rabbitmq.start)
    ledger.over()
    ledger.judged(await judged(screening, sent))
    await until_ready(screening)


async def test_when_the_broker_is_restarted_under_load(
    start_on_killable_servers: Start, killable_servers: Servers, ledger: Ledger
) -> None:
    assert killable_servers.rabbitmq is not None
    sent = projects(300)
    screening = await start_on_killable_servers(probe(publish_declined), settings=SMALL_GROUPS)
    await send(screening, sent)
    await _until_published(screening, 1)
    await asyncio.to_thread(killable_servers.rabbitmq.stop)
    ledger.injected("broker restarted")
    await asyncio.to_thread(killable_servers.rabbitmq.start)
    ledger.over()
    ledger.judged(await judged(screening, sent))
    await until_ready(screening)


async def test_when_a_timer_falls_due_while_the_broker_is_away(
    start_on_killable_servers: Start, killable_servers: Servers, ledger: Ledger
) -> None:
    assert killable_servers.rabbitmq is not None
    screening = await start_on_killable_servers(probe(publish_declined))
    await screening.receive(withdrawn("P1"))
    (replica,) = screening.replicas
    timer = await replica.next_timer()
    assert timer is not None
    await asyncio.to_thread(killable_servers.rabbitmq.kill)
    ledger.injected("broker away while a timer falls due")
    screening.clock.step_to(timer)
    replica.relay.wake()
    await asyncio.to_thread(killable_servers.rabbitmq.start)
    ledger.over()
    await screening.quiet()
    assert await screening.published(ProjectDeclined) == [declined("P1")]
    ledger.judged(await judged(screening, ["P1"]))


async def test_when_a_service_is_stopped_nothing_delivered_is_lost_or_counted(
    start_on_killable_servers: Start, ledger: Ledger
) -> None:
    handled, sent = 0, projects(300)

    async def count(event: ProjectSubmitted, work: Work) -> None:
        nonlocal handled
        handled += 1
        await publish_declined(event, work)

    first = await start_on_killable_servers(probe(count))
    second = await start_on_killable_servers(probe(count))
    second.flight = first.flight
    await send(first, sent)
    await first.stop()
    ledger.injected("service stopped under load")
    ledger.over()
    await _until_published(second, len(sent))

    async def nothing_is_due() -> bool:
        return not await second.replicas[0].anything_due()

    await until(nothing_is_due)
    assert handled == len(sent)
    assert await second.connection.fetchval("select count(*) from suspects") == 0
    done = [event.project_id for event in await second.published(ProjectDeclined)]
    ledger.judged(judge(sent, done) | judge(sent, (await received(second)).values()))


async def test_when_the_broker_closes_all_connections_under_load(start: Start, broker: Broker, ledger: Ledger) -> None:
    sent = projects(300)
    screening = await start(probe(publish_declined), settings=SMALL_GROUPS)
    await send(screening, sent)
    await _until_published(screening, 1)
    await _control(broker, "close_all_connections", "for a test")
    ledger.injected("connections closed by the broker")
    ledger.over()
    ledger.judged(await judged(screening, sent))
    await until_ready(screening)


async def test_when_the_broker_closes_a_channel_inside_a_handler(start: Start, broker: Broker, ledger: Ledger) -> None:
    """It closes it for an acknowledgement of what was never delivered; what was delivered comes again."""
    gate, sent = Gate(), projects(300)
    screening = await start(probe(gate.handler), settings=SMALL_GROUPS)
    await send(screening, sent)
    await gate.inside.wait()
    (replica,) = screening.replicas
    for subscriber in replica.subscribers:
        assert subscriber._robust_queue is not None
        below = await subscriber._robust_queue.channel.get_underlay_channel()
        await cast("aiormq.Channel", below).basic_ack(1_000_000)
        await asyncio.wait([cast("aiormq.Channel", below).closing])
        ledger.injected("channel closed by the broker")
        ledger.over()
    gate.may_go_on.set()
    ledger.judged(await judged(screening, sent))
    await until_ready(screening)


async def test_when_the_broker_kills_all_channels(start: Start, broker: Broker, ledger: Ledger) -> None:
    """By an error inside the broker: the connection is closed with them."""
    sent = projects(300)
    screening = await start(probe(publish_declined), settings=SMALL_GROUPS)
    await send(screening, sent)
    await _until_published(screening, 1)
    await _control(broker, "eval", "[exit(Channel, kill) || Channel <- rabbit_channel:list()].")
    ledger.injected("channels killed in the broker")
    ledger.over()
    ledger.judged(await judged(screening, sent))
    await until_ready(screening)


async def test_when_an_empty_queue_is_deleted_its_consumer_is_not_ready_until_it_is_there_again(
    start: Start, broker: Broker, ledger: Ledger
) -> None:
    sent = projects(40)
    screening = await start(probe(publish_declined))
    await send(screening, sent[:20])
    await screening.quiet()
    await screening.channel.queue_delete(QUEUE)
    ledger.injected("queue deleted and consumer cancelled")
    await until_not_ready(screening, DOES_NOT_DELIVER)
    await declare_all(broker.url)
    ledger.over()
    await until_ready(screening)
    await send(screening, sent[20:])
    ledger.judged(await judged(screening, sent))


async def test_when_the_connection_is_lost_while_the_queue_is_not_there(
    start: Start, broker: Broker, ledger: Ledger
) -> None:
    """Connected again, the consumer asks for a queue that is not there, and its channel is closed for that."""
    sent = projects(20)
    screening = await start(probe(publish_declined))
    await screening.channel.queue_delete(QUEUE)
    await _control(broker, "close_all_connections", "for a test")
    ledger.injected("queue deleted and connection closed")
    await until_not_ready(screening, DOES_NOT_DELIVER)
    await declare_all(broker.url)
    ledger.over()
    await until_ready(screening)
    await send(screening, sent)
    ledger.judged(await judged(screening, sent))


async def test_when_confirms_come_late(
    start_on_killable_servers: Start, link: Link, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broker has what was published, but the service gets no confirm: it publishes again, under the same id."""
    monkeypatch.setattr(publisher, "PUBLISH_WITHIN", 0.3)
    gate, sent = Gate(), projects(40)
    screening = await start_on_killable_servers(probe(gate.handler), to_broker=link)
    await send(screening, sent)
    await gate.inside.wait()
    link.stall(answers_only=True)
    ledger.injected("confirms late")
    gate.may_go_on.set()
    await until_not_ready(screening, DOES_NOT_DRAIN)
    link.heal()
    ledger.over()
    ledger.judged(await judged(screening, sent))
    await until_ready(screening)


async def test_when_a_full_queue_refuses_what_is_published(
    start: Start, broker: Broker, ledger: Ledger, impatient_relay: None
) -> None:
    """A negative confirm: what is refused waits, and is sent when there is room."""
    sent: list[str] = []
    screening = await start(probe(publish_declined), settings=SMALL_GROUPS)
    (replica,) = screening.replicas
    already_received: dict[str, str] = {}
    await _control(broker, "set_policy", "full", f"^{SUBSCRIBER_QUEUE}$", '{"max-length": 10}', "--apply-to", "queues")
    try:
        async with asyncio.timeout(PATIENCE):
            while not replica.relay._metrics.returned._value.get():  # the limit takes a moment to hold
                more = projects(20, first=len(sent))
                sent += more
                await send(screening, more)
                await _until_published(screening, len(sent))
        ledger.injected("confirm negative")
        while await replica.anything_due():
            already_received |= await received(screening)
    finally:
        await _control(broker, "clear_policy", "full")
    ledger.judged(await judged(screening, sent, already_received=already_received))


async def test_when_a_message_finds_no_queue_it_waits_and_the_others_of_its_batch_go_on(
    start: Start, broker: Broker, ledger: Ledger, impatient_relay: None
) -> None:
    """Each project starts an errand and publishes an event: only the event is returned."""
    sent = projects(20)
    errands = []

    async def publish_both(event: ProjectSubmitted, work: Work) -> None:
        work.publish(Errand(project_id=event.project_id))
        work.publish(declined(event.project_id))

    async def run(errand: Errand, units: UnitsOfWork) -> None:
        errands.append(errand.project_id)

    service = probe(publish_both)
    service.effects[Errand.type] = run
    screening = await start(service)
    for subscriber in subscribers(ProjectDeclined):
        queue = await screening.channel.get_queue(subscriber, ensure=False)
        await queue.unbind(EVENTS, ProjectDeclined.routing_key)
    try:
        await send(screening, sent)

        async def all_errands_are_run() -> bool:
            return len(errands) == len(sent)

        await until(all_errands_are_run)
        ledger.injected("message returned", len(sent))
        assert await screening.replicas[0].anything_due()
        assert await received(screening) == {}
    finally:
        await declare_all(broker.url)
    ledger.judged(await judged(screening, sent))
    assert sorted(errands) == sorted(sent)


async def test_when_memory_runs_out_publishing_waits_and_consuming_goes_on(
    start: Start, broker: Broker, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "PUBLISH_WITHIN", 0.3)
    gate, sent = Gate(), projects(40)
    screening = await start(probe(gate.handler))
    await send(screening, sent)
    await gate.inside.wait()
    await _control(broker, "eval", OUT_OF_MEMORY)
    ledger.injected("broker out of memory")
    try:
        gate.may_go_on.set()
        await _until_published(screening, len(sent))
        await until_not_ready(screening, DOES_NOT_DRAIN)

        async def all_is_acknowledged() -> bool:
            listed = await _control(broker, "list_queues", "--quiet", "--no-table-headers", "name", "messages")
            return [QUEUE, "0"] in [line.split() for line in listed.splitlines()]

        await until(all_is_acknowledged)
    finally:
        await _control(broker, "eval", MEMORY_AGAIN)
        ledger.over()
    ledger.judged(await judged(screening, sent))
    await until_ready(screening)


async def test_the_queues_are_the_same_on_either_version(broker: Broker) -> None:
    columns = ("name", "arguments")
    listed = await _control(broker, "list_queues", "--quiet", "--formatter", "json", *columns)
    arguments = {queue["name"]: queue["arguments"] for queue in json.loads(listed)}
    for queue in topology().queues:
        read = arguments[queue.name]
        read = {name: value for name, _, value in read} if isinstance(read, list) else read
        assert read == queue.arguments
