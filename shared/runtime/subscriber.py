"""Consumes a queue of a service: FastStream's subscriber, with a path of its own from a delivery to the handlers.

FastStream finds the queue, opens a channel for it, and starts and stops the subscriber with its broker. Deliveries do
not go through FastStream's handlers, which take one message at a time: here all that wait are handled as a group. While
the database is away nothing is handled, acknowledged or counted as an attempt.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import structlog
from aiormq.exceptions import ChannelAccessRefused, ChannelNotFoundEntity
from faststream import AckPolicy
from faststream._internal.endpoint.subscriber.call_item import CallsCollection
from faststream.rabbit import Channel, RabbitBroker, RabbitExchange, RabbitQueue
from faststream.rabbit.subscriber.config import RabbitSubscriberConfig, RabbitSubscriberSpecificationConfig
from faststream.rabbit.subscriber.specification import RabbitSubscriberSpecification
from faststream.rabbit.subscriber.usecase import RabbitSubscriber

from shared.broker.connection import BROKER_AWAY
from shared.broker.deliveries import DeliveringConnection, RawDelivery
from shared.database.connection import DatabaseAway
from shared.identifiers import new_id
from shared.runtime.acknowledgement import Acknowledgements
from shared.runtime.channel_recovery import ChannelRecovery

if TYPE_CHECKING:
    import aiormq
    from aio_pika import RobustChannel, RobustQueue
    from aio_pika.abc import AbstractChannel
    from faststream.rabbit.configs import RabbitBrokerConfig

ANSWERS_WITHIN = 2.0
"""Seconds that the broker may take to restore a channel. After that the subscriber counts as not consuming."""

log = structlog.get_logger()


Read = TypeVar("Read")
"""What a raw delivery becomes when it is read."""


@dataclass(frozen=True, slots=True)
class Consumption(Generic[Read]):
    """How the messages of one queue are consumed.

    At most `concurrency` groups are handled at a time, each of at most `largest_group` messages. The broker delivers up
    to `prefetch` messages before the first of them is acknowledged. `wait_for_database` returns once the database
    answers again. `report_stuck` publishes that the queue is stuck; it is called with the queue's name, the number of
    times in a row that its channel was lost, and the last error. A service does without a queue that `is_optional`
    where the broker does not let it read that queue.
    """

    queue: str
    read: Callable[[RawDelivery], Read]
    handle: Callable[[Sequence[Read]], Coroutine[Any, Any, None]]
    wait_for_database: Callable[[], Coroutine[Any, Any, None]]
    report_stuck: Callable[[str, int, str], Coroutine[Any, Any, None]]
    prefetch: int
    largest_group: int
    concurrency: int
    is_optional: bool = False


class GroupSubscriber(RabbitSubscriber):
    """Consumes one queue: reads each delivery as it arrives, and has those that wait handled in groups."""

    def __init__(self, broker: RabbitBroker, consumption: Consumption[Any], *, stop_within: float) -> None:
        calls = CallsCollection[Any]()
        outer = cast("RabbitBrokerConfig", broker.config)
        queue, exchange = RabbitQueue(consumption.queue, declare=False), RabbitExchange()
        config = RabbitSubscriberConfig(
            queue=queue,
            exchange=exchange,
            channel=Channel(prefetch_count=consumption.prefetch, publisher_confirms=False),
            _ack_policy=AckPolicy.MANUAL,
            _outer_config=outer,
        )
        described = RabbitSubscriberSpecificationConfig(
            queue=queue, exchange=exchange, title_=consumption.queue, description_=None
        )
        super().__init__(config, RabbitSubscriberSpecification(outer, described, calls), calls)
        self._broker = broker
        self._consumption = consumption
        self._stop_within = stop_within
        self._tag = ""
        self._waiting: asyncio.Queue[tuple[RawDelivery, Any]] = asyncio.Queue()
        self._acknowledgements = Acknowledgements()
        self._recovery = ChannelRecovery(consumption.prefetch)
        self._reason = ""
        self._is_refused = False
        self._reporting: asyncio.Task[None] | None = None
        self._robust_queue: RobustQueue | None = None
        """The queue, from the start of the subscriber on."""

    async def start(self) -> None:
        """Begin to consume, over a channel of its own. It is restored by itself when connection or channel are lost."""
        await super().start()  # opens the channel; FastStream consumes only for handlers of its own, and there are none
        assert self._queue_obj is not None  # noqa: S101 - it was just found
        self._robust_queue = self._queue_obj
        try:
            await self._consume()
        except ChannelAccessRefused:
            if not self._consumption.is_optional:
                raise
            self._is_refused = True
            log.error("the broker does not let us read a queue", queue=self._consumption.queue)
        else:
            self._robust_queue.channel.close_callbacks.add(self._note_loss)

    async def run(self) -> None:
        """Handle deliveries until cancelled, in as many workers as `Consumption.concurrency`."""
        async with asyncio.TaskGroup() as workers:
            for _ in range(self._consumption.concurrency):
                workers.create_task(self._work())

    async def why_not_ready(self) -> str | None:
        """Why it is not ready, or `None`. An open channel is not enough: its queue may have been deleted."""
        if self._recovery.is_stuck(_now()):
            return self._why_stuck()
        if self._is_refused:
            queue = self._consumption.queue
            return f"the broker does not let it read {queue}: load `ninthweek definitions`, then start it again"
        return None if await self._is_consuming() else "the broker does not deliver"

    async def stop(self) -> None:
        """Consume nothing more, then wait until all that was delivered is handled and acknowledged."""
        try:
            async with asyncio.timeout(self._stop_within):
                await self.stop_consuming()
                await self.finish()
        except TimeoutError:
            log.warning("stopped before all was handled", queue=self._consumption.queue)
        await super().stop()

    async def stop_consuming(self) -> None:
        """Have the broker deliver nothing more. Closing the channel later is no loss of it."""
        if self._robust_queue is not None and await self._is_consuming():
            self._robust_queue.channel.close_callbacks.discard(self._note_loss)
            with suppress(*BROKER_AWAY):
                await self._robust_queue.cancel(self._tag)

    async def finish(self) -> None:
        """Wait until all that was delivered is handled and acknowledged."""
        await self._waiting.join()

    async def _consume(self) -> None:
        assert self._robust_queue is not None  # noqa: S101 - it was started
        tag = f"{self._consumption.queue}.{new_id()}"
        (await self._connection()).delivery_callbacks[tag] = self._on_delivery
        # The connection hands deliveries to this tag over by itself, so aio-pika never calls the callback given here.
        await self._robust_queue.consume(cast("Any", self.consume), consumer_tag=tag)
        self._tag = tag

    async def _connection(self) -> DeliveringConnection:
        return cast("DeliveringConnection", await self._broker.connect())

    async def _is_consuming(self) -> bool:
        if self._robust_queue is None:
            return False
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                underlay = cast("aiormq.Channel", await self._robust_queue.channel.get_underlay_channel())
                return self._tag in underlay.consumers
        except (TimeoutError, *BROKER_AWAY):
            return False

    def _on_delivery(self, raw: RawDelivery) -> None:
        # Read at once: while the group before it waits for the database, the process has nothing else to do.
        self._waiting.put_nowait((raw, self._consumption.read(raw)))

    async def _work(self) -> None:
        while True:
            group = [await self._waiting.get()]
            while len(group) < self._consumption.largest_group and not self._waiting.empty():
                group.append(self._waiting.get_nowait())
            await self._handle_until_done([read for _, read in group])
            if self._recovery.note_acknowledged(await self._acknowledgements.send([raw for raw, _ in group])):
                await self._restore_prefetch()
            for _ in group:
                self._waiting.task_done()

    async def _handle_until_done(self, group: Sequence[Any]) -> None:
        while True:
            try:
                return await self._consumption.handle(group)
            except DatabaseAway:
                await self._consumption.wait_for_database()

    async def _note_loss(self, channel: "AbstractChannel | None", reason: BaseException | None) -> None:
        """Note that the channel was lost, and take one message at a time from now on."""
        if isinstance(reason, ChannelNotFoundEntity):
            return  # the channel was closed because its queue is missing: nothing was delivered over it
        assert self._robust_queue is not None  # noqa: S101 - it was started
        was_stuck = self._recovery.is_stuck(_now())
        self._recovery.note_loss(_now(), found_waiting=self._robust_queue.declaration_result.message_count or 0)
        self._reason = type(reason).__name__
        cast("RobustChannel", channel)._prefetch_count = 1  # aio-pika sets it when it restores the channel
        if self._recovery.is_stuck(_now()) and not was_stuck:
            log.error("the queue is stuck", queue=self._consumption.queue, reason=self._reason)
            self._reporting = asyncio.create_task(
                self._consumption.report_stuck(self._consumption.queue, self._recovery.losses, self._reason)
            )

    async def _restore_prefetch(self) -> None:
        """Let the broker deliver many messages at a time again.

        A prefetch limit applies only to consumers that start after it was set (RabbitMQ, "Consumer Prefetch"). So a new
        consumer replaces this one. If the channel is lost meanwhile, one of the two is restored with it.
        """
        assert self._robust_queue is not None  # noqa: S101 - it was started
        one_at_a_time = self._tag
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                await self._robust_queue.channel.set_qos(prefetch_count=self._consumption.prefetch)
                await self._consume()
                await self._robust_queue.cancel(one_at_a_time)
                del (await self._connection()).delivery_callbacks[one_at_a_time]
        except (TimeoutError, *BROKER_AWAY):
            self._recovery.left_to_take_alone = 1  # try again after the next message

    def _why_stuck(self) -> str:
        return (
            f"the broker has closed the channel of queue {self._consumption.queue} {self._recovery.losses} times "
            f"in a row, before a message was handled ({self._reason})"
        )


def _now() -> float:
    return asyncio.get_running_loop().time()
