"""What takes messages from a service's queues, by one FastStream subscriber each.

Messages are taken in groups: what waits is handled together. While the database is away nothing more is handled, and
nothing is acknowledged or counted as an attempt.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

from faststream import AckPolicy
from faststream.rabbit import Channel, RabbitBroker, RabbitMessage, RabbitQueue

from shared.broker.connection import BROKER_AWAY
from shared.broker.topology import Lane
from shared.database.connection import DatabaseAway
from shared.runtime.acknowledgement import Acknowledgements
from shared.runtime.incoming import Incoming

Handle = Callable[[Sequence[Incoming]], Awaitable[None]]
Patience = Callable[[], Awaitable[None]]


class Consumer:
    """Takes what one queue delivers, and hands it to `handle` in groups.

    `side_by_side` groups of at most `largest_group` are handled at a time; `prefetch` messages are delivered before the
    first of them is acknowledged. `until_answers` waits while the database is away.
    """

    def __init__(
        self,
        broker: RabbitBroker,
        service: str,
        lane: Lane,
        handle: Handle,
        until_answers: Patience,
        *,
        prefetch: int,
        largest_group: int,
        side_by_side: int,
    ) -> None:
        self._service = service
        self._lane = lane
        self._handle = handle
        self._until_answers = until_answers
        self._largest_group = largest_group
        self._side_by_side = side_by_side
        self._waiting: asyncio.Queue[tuple[RabbitMessage, asyncio.Future[None]]] = asyncio.Queue()
        self._acknowledgements = Acknowledgements()
        self._unhandled: set[asyncio.Future[None]] = set()
        self._subscriber = broker.subscriber(
            RabbitQueue(lane.queue(service), declare=False),
            channel=Channel(prefetch_count=prefetch),
            ack_policy=AckPolicy.MANUAL,
            decoder=_as_it_is,
            no_reply=True,  # nobody makes a service publish by asking for a reply
        )
        self._subscriber(self._take)

    async def run(self) -> None:
        """Handle what is taken, until cancelled."""
        async with asyncio.TaskGroup() as workers:
            for _ in range(self._side_by_side):
                workers.create_task(self._work())

    @property
    def consumes(self) -> bool:
        """Whether the broker delivers to this consumer now."""
        queue = self._subscriber._queue_obj
        return self._subscriber.running and queue is not None and not queue.channel.is_closed

    async def stop_taking(self) -> None:
        """Ask the broker to deliver no more, before anything else is stopped.

        FastStream waits first and cancels last, and what is delivered in between comes back as delivered before.
        """
        queue, tag = self._subscriber._queue_obj, self._subscriber._consumer_tag
        if queue is not None and tag is not None:
            with suppress(*BROKER_AWAY):
                await queue.cancel(tag)
            self._subscriber._consumer_tag = None

    async def finish(self) -> None:
        """Wait until all that was delivered is handled and acknowledged."""
        await self._waiting.join()

    def abandon(self) -> None:
        """Let go of what was delivered and cannot be handled here any more: it comes again elsewhere."""
        for handled in tuple(self._unhandled):
            handled.cancel()

    async def _take(self, message: RabbitMessage) -> None:
        handled: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._unhandled.add(handled)
        self._waiting.put_nowait((message, handled))
        try:
            await handled
        finally:
            self._unhandled.discard(handled)

    async def _work(self) -> None:
        while True:
            group = [await self._waiting.get()]
            while len(group) < self._largest_group and not self._waiting.empty():
                group.append(self._waiting.get_nowait())
            await self._until_handled([self._incoming(message) for message, _ in group])
            await self._acknowledgements.send([message for message, _ in group])
            for _, handled in group:
                if not handled.done():
                    handled.set_result(None)
                self._waiting.task_done()

    async def _until_handled(self, group: Sequence[Incoming]) -> None:
        while True:
            try:
                return await self._handle(group)
            except DatabaseAway:
                await self._until_answers()

    def _incoming(self, message: RabbitMessage) -> Incoming:
        raw = message.raw_message
        return Incoming.delivered(
            service=self._service,
            lane=self._lane,
            exchange=raw.exchange or "",
            routing_key=raw.routing_key or "",
            headers=raw.headers,
            body=raw.body,
            delivered_before=bool(raw.redelivered),
        )


async def _as_it_is(message: Any) -> Any:
    return message
