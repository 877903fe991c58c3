"""What each user of the broker may do, asked of a broker that loaded the definitions when it booted.

Tests run side by side on one broker: a queue is read by one of them alone, or all put the same into it.
"""

import pytest
from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractChannel, HeadersType
from aiormq.exceptions import ChannelAccessRefused

from tests.services.broker.conftest import ChannelOf

OUTSIDE = "careers-portal"
SERVICE = "matching"


async def publish(
    channel: AbstractChannel, exchange: str, routing_key: str, headers: HeadersType | None = None
) -> None:
    message = Message(b"{}", delivery_mode=DeliveryMode.PERSISTENT, headers=headers)
    goal = await channel.get_exchange(exchange, ensure=False) if exchange else channel.default_exchange
    await goal.publish(message, routing_key, mandatory=True)


async def take(channel: AbstractChannel, queue: str) -> str | None:
    """Wait for the queue's next message, and return its routing key."""
    async with (await channel.get_queue(queue)).iterator(timeout=20) as messages:
        message = await anext(messages)
        await message.ack()
        return message.routing_key


async def test_an_outside_system_submits_and_intake_reads_it(channel_of: ChannelOf) -> None:
    async with channel_of(OUTSIDE) as outside, channel_of("intake") as intake:
        await publish(outside, "submissions", "careers-portal.application")
        assert await take(intake, "intake") == "careers-portal.application"


@pytest.mark.parametrize(
    ("exchange", "routing_key"),
    [
        pytest.param("submissions", "student-records.student", id="what another system submits"),
        pytest.param("submissions", "careers-portal.student", id="what it does not submit itself"),
        pytest.param("events", "offer.accepted", id="an event"),
        pytest.param("intake", "messages", id="a service's private message"),
        pytest.param("dead-letters", "intake", id="a dead letter"),
        pytest.param("", "intake", id="past the exchanges"),
    ],
)
async def test_an_outside_system_cannot_publish(channel_of: ChannelOf, exchange: str, routing_key: str) -> None:
    async with channel_of(OUTSIDE) as outside:
        with pytest.raises(ChannelAccessRefused):
            await publish(outside, exchange, routing_key)


async def test_a_carbon_copy_does_not_make_a_submission_another_systems(channel_of: ChannelOf) -> None:
    async with channel_of(OUTSIDE) as outside, channel_of("intake") as intake:
        try:
            await publish(outside, "submissions", "careers-portal.application", {"CC": ["student-records.student"]})
        except ChannelAccessRefused:
            return  # RabbitMQ 4 checks the copies' keys too
        assert await take(intake, "intake") == "careers-portal.application"


async def test_an_outside_system_cannot_read(channel_of: ChannelOf) -> None:
    async with channel_of(OUTSIDE) as outside:
        queue = await outside.get_queue("intake", ensure=False)
        with pytest.raises(ChannelAccessRefused):
            await queue.get()


@pytest.mark.parametrize("user", [OUTSIDE, SERVICE])
async def test_nobody_but_the_administrator_configures(channel_of: ChannelOf, user: str) -> None:
    async with channel_of(user) as channel:
        with pytest.raises(ChannelAccessRefused):
            await channel.declare_queue("spare", durable=True)
    async with channel_of(user) as channel:
        queue = await channel.get_queue(SERVICE, ensure=False)
        with pytest.raises(ChannelAccessRefused):
            await queue.bind("events", "project.submitted")


async def test_a_service_publishes_its_events_and_a_subscriber_reads_them(channel_of: ChannelOf) -> None:
    async with channel_of(SERVICE) as matching, channel_of("evaluation") as evaluation:
        await publish(matching, "events", "placement.completed")
        assert await take(evaluation, "evaluation") == "placement.completed"


@pytest.mark.parametrize(
    ("exchange", "routing_key"),
    [
        pytest.param("events", "project.approved", id="another service's event"),
        pytest.param("screening", "messages", id="another service's private message"),
        pytest.param("submissions", "careers-portal.application", id="a submission"),
        pytest.param("dead-letters", "matching", id="a dead letter"),
        pytest.param("", "matching", id="past the exchanges"),
    ],
)
async def test_a_service_cannot_publish(channel_of: ChannelOf, exchange: str, routing_key: str) -> None:
    async with channel_of(SERVICE) as matching:
        with pytest.raises(ChannelAccessRefused):
            await publish(matching, exchange, routing_key)


@pytest.mark.parametrize("queue", ["screening", "screening.effects", "screening.dead-letters"])
async def test_a_service_reads_no_queue_but_its_own(channel_of: ChannelOf, queue: str) -> None:
    async with channel_of(SERVICE) as matching:
        unasked = await matching.get_queue(queue, ensure=False)
        with pytest.raises(ChannelAccessRefused):
            await unasked.get()


@pytest.mark.parametrize(("routing_key", "queue"), [("messages", "screening"), ("effects", "screening.effects")])
async def test_a_service_writes_to_itself(channel_of: ChannelOf, routing_key: str, queue: str) -> None:
    async with channel_of("screening") as screening:
        await publish(screening, "screening", routing_key)
        assert await take(screening, queue) == routing_key


async def test_a_service_may_look_whether_its_queues_and_exchanges_are_there(channel_of: ChannelOf) -> None:
    async with channel_of(SERVICE) as matching:
        for queue in ("matching", "matching.effects"):
            await matching.declare_queue(queue, passive=True)
        for exchange in ("matching", "events"):
            await matching.declare_exchange(exchange, passive=True)


async def test_a_service_reads_its_own_dead_letters(channel_of: ChannelOf) -> None:
    async with channel_of("screening") as screening, channel_of("administrator") as administrator:
        await publish(administrator, "dead-letters", "screening")
        assert await take(screening, "screening.dead-letters") == "screening"
