"""FastStream's broker, with what a service needs of a connection."""

from collections.abc import Iterable
from datetime import timedelta

from faststream._internal.broker.registrator import Registrator
from faststream.rabbit import RabbitBroker

from shared.broker.connection import RECONNECT_EVERY, with_heartbeat
from shared.broker.deliveries import DeliveringConnection
from shared.runtime.subscriber import GroupSubscriber, Way


class ServiceBroker(RabbitBroker):
    """Reads a service's queues, over a connection that hands deliveries to its subscribers as they come."""

    def __init__(self, amqp_url: str) -> None:
        super().__init__(with_heartbeat(amqp_url), reconnect_interval=RECONNECT_EVERY, logger=None, apply_types=False)
        self._connection_kwargs["connection_class"] = DeliveringConnection

    def take(self, ways: Iterable[Way], *, stop_within: timedelta) -> tuple[GroupSubscriber, ...]:
        """Subscribe to a queue by each of these ways, from the broker's start on."""
        subscribers = tuple(GroupSubscriber(self, way, stop_within=stop_within.total_seconds()) for way in ways)
        for subscriber in subscribers:
            Registrator.subscriber(self, subscriber)
        return subscribers
