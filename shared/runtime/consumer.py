"""What takes messages from one of a service's queues.

Messages are taken in groups: what waits is handled together. While the database is away nothing more is handled, and
nothing is acknowledged or counted as an attempt.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, AbstractQueue, AbstractRobustConnection

from shared.broker.connection import BROKER_AWAY
from shared.broker.topology import Lane
from shared.database.connection import DatabaseAway
from shared.runtime.acknowledgement import Acknowledgements
from shared.runtime.incoming import Delivery, Incoming

if TYPE_CHECKING:
    import aiormq

Read = Callable[[Incoming], Delivery]
Handle = Callable[[Sequence[Delivery]], Awaitable[None]]
Patience = Callable[[], Awaitable[None]]

ANSWERS_WITHIN = 2.0
"""Seconds that the broker may take to restore a channel before it counts as not delivering."""


class Consumer:
    """Takes what one queue delivers, reads it, and hands it to `handle` in groups.

    `side_by_side` groups of at most `largest_group` are handled at a time; `prefetch` messages are delivered before the
    first of them is acknowledged. `until_answers` waits while the database is away.
    """

    def __init__(
        self,
        service: str,
        lane: Lane,
        read: Read,
        handle: Handle,
        until_answers: Patience,
        *,
        prefetch: int,
        largest_group: int,
        side_by_side: int,
    ) -> None:
        self._service = service
        self._lane = lane
        self._read = read
        self._handle = handle
        self._until_answers = until_answers
        self._prefetch = prefetch
        self._largest_group = largest_group
        self._side_by_side = side_by_side
        self._waiting: asyncio.Queue[tuple[AbstractIncomingMessage, Delivery]] = asyncio.Queue()
        self._acknowledgements = Acknowledgements()
        self._channel: AbstractChannel | None = None
        self._queue: AbstractQueue | None = None
        self._tag = ""

    async def start(self, connection: AbstractRobustConnection) -> None:
        """Have the broker deliver over a channel of its own, again after every loss of the connection or the queue."""
        self._channel = await connection.channel(publisher_confirms=False)
        await self._channel.set_qos(prefetch_count=self._prefetch)
        self._queue = await self._channel.get_queue(self._lane.queue(self._service))
        self._tag = await self._queue.consume(self._take)

    async def run(self) -> None:
        """Handle what is taken, until cancelled."""
        async with asyncio.TaskGroup() as workers:
            for _ in range(self._side_by_side):
                workers.create_task(self._work())

    async def consumes(self) -> bool:
        """Whether the broker delivers to this consumer now: a channel may live whose queue is gone."""
        if self._channel is None:
            return False
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                below = cast("aiormq.Channel", await self._channel.get_underlay_channel())
                return self._tag in below.consumers
        except (TimeoutError, *BROKER_AWAY):
            return False

    async def stop_taking(self) -> None:
        """Ask the broker to deliver no more, before anything else is stopped."""
        if self._queue is not None:
            with suppress(*BROKER_AWAY):
                await self._queue.cancel(self._tag)

    async def finish(self) -> None:
        """Wait until all that was delivered is handled and acknowledged."""
        await self._waiting.join()

    async def _take(self, message: AbstractIncomingMessage) -> None:
        # Read as it comes: while a group waits for the database there is nothing else to do.
        self._waiting.put_nowait((message, self._read(self._incoming(message))))

    async def _work(self) -> None:
        while True:
            group = [await self._waiting.get()]
            while len(group) < self._largest_group and not self._waiting.empty():
                group.append(self._waiting.get_nowait())
            await self._until_handled([delivery for _, delivery in group])
            await self._acknowledgements.send([message for message, _ in group])
            for _ in group:
                self._waiting.task_done()

    async def _until_handled(self, group: Sequence[Delivery]) -> None:
        while True:
            try:
                return await self._handle(group)
            except DatabaseAway:
                await self._until_answers()

    def _incoming(self, message: AbstractIncomingMessage) -> Incoming:
        return Incoming.delivered(
            service=self._service,
            lane=self._lane,
            exchange=message.exchange or "",
            routing_key=message.routing_key or "",
            headers=message.headers,
            body=message.body,
            delivered_before=bool(message.redelivered),
        )
