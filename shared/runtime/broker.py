"""FastStream's broker, with what a service needs of a connection."""

from datetime import timedelta
from typing import Any

from faststream._internal.broker.registrator import Registrator
from faststream.rabbit import RabbitBroker

from shared.broker.connection import RECONNECT_EVERY, with_heartbeat
from shared.broker.deliveries import DeliveringConnection
from shared.runtime.subscriber import Consumption, GroupSubscriber


class ServiceBroker(RabbitBroker):
    """Reads queues of a service, over a connection that hands deliveries to its subscribers as they come."""

    def __init__(self, amqp_url: str, *, reconnect_every: float | None = None) -> None:
        url = with_heartbeat(amqp_url)
        super().__init__(url, reconnect_interval=reconnect_every or RECONNECT_EVERY, logger=None, apply_types=False)
        self._connection_kwargs["connection_class"] = DeliveringConnection

    def add_group_subscriber(self, consumption: Consumption[Any], *, stop_within: timedelta) -> GroupSubscriber:
        """Subscribe to a queue, from the broker's start on."""
        subscriber = GroupSubscriber(self, consumption, stop_within=stop_within.total_seconds())
        Registrator.subscriber(self, subscriber)
        return subscriber
